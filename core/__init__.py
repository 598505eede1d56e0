"""What every stage uses: values, people, records, files, pages."""
