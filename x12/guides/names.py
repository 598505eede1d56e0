"""What each element is called, in plain words.

A data element of the dictionary has one name; where a segment uses it for one thing only, that
place has a name of its own (``NM103``).  The words are short names of ours, not the guides' text.
"""

from __future__ import annotations

from typing import Final

from x12.guides.schema import Element


def _table(text: str) -> dict[str, str]:
    entries = (line.split(maxsplit=1) for line in text.strip().splitlines())
    return {number: name.strip() for number, name in entries}


_BY_NUMBER: Final = _table("""
2     Number of transaction sets accepted
19    City
26    Country code
28    Group control number
66    Identification code qualifier
67    Identification code
81    Weight
93    Name
97    Number of transaction sets included
98    Entity identifier code
100   Currency code
116   Postal code
118   Rate
123   Number of transaction sets received
127   Reference identification
128   Reference identification qualifier
143   Transaction set identifier
156   State or province code
166   Address line
234   Product or service code
235   Product or service code qualifier
305   Transaction handling code
306   Action code
329   Transaction set control number
332   Percentage
337   Time
338   Terms discount percentage
350   Line number
352   Description
353   Transaction purpose code
355   Unit of measure
363   Note reference code
364   Communication number
365   Communication number qualifier
366   Contact function code
373   Date
374   Date or time qualifier
380   Quantity
426   Adjustment reason code
429   Check or EFT trace number
447   Loop identifier
449   Fixed-format information
478   Credit or debit flag
479   Functional identifier code
480   Version, release and industry code
481   Trace type code
506   Depository number qualifier
507   Depository number
508   Account number
509   Originating company identifier
510   Originating company supplemental code
522   Amount qualifier code
554   Assigned number
569   Account number qualifier
584   Employment status code
591   Payment method code
594   Rental unit price indicator
615   Time period qualifier
616   Number of periods
618   Transaction set syntax error code
620   Segment syntax error code
621   Element syntax error code
628   Hierarchical level number
640   Transaction type code
673   Quantity qualifier
678   Delivery or calendar pattern code
679   Delivery time pattern code
715   Group acknowledgement code
716   Group syntax error code
717   Transaction set acknowledgement code
719   Segment position in the transaction set
721   Segment identifier code
722   Element position in the segment
724   Copy of the bad element
725   Data element number
734   Parent hierarchical level number
735   Hierarchical level code
736   Child level code
737   Measurement reference code
738   Measurement qualifier
739   Measurement value
755   Report type code
756   Report transmission code
782   Amount
799   Version identifier
812   Payment format code
875   Maintenance type code
889   Follow-up action code
901   Reject reason code
933   Free-form message text
954   Percentage as a decimal
1005  Hierarchical structure code
1028  Patient control number
1029  Claim status code
1032  Claim filing indicator
1033  Claim adjustment group code
1034  Claim adjustment reason code
1035  Last or organization name
1036  First name
1037  Middle name
1038  Name prefix
1039  Name suffix
1065  Entity type qualifier
1068  Gender code
1069  Individual relationship code
1073  Yes or no response
1136  Code category
1138  Payer responsibility sequence code
1166  Contract type code
1167  Sample selection modulus
1201  Information status code
1203  Maintenance reason code
1204  Plan coverage description
1207  Coverage level code
1221  Provider code
1250  Date format qualifier
1251  Date or period
1270  Code list qualifier
1271  Industry code
1314  Admission source code
1315  Admission type code
1317  Ambulance transport reason code
1321  Condition indicator
1322  Certification type code
1325  Claim frequency code
1327  Copay status code
1328  Diagnosis code pointer
1331  Place of service or facility code
1332  Facility code qualifier
1336  Insurance type code
1339  Procedure modifier
1342  Patient condition code
1351  Patient signature source code
1352  Patient status code
1354  Diagnosis related group code
1359  Assignment or plan participation code
1362  Related causes code
1363  Release of information code
1365  Service type code
1366  Special program code
1390  Eligibility or benefit information code
1470  Birth sequence number
1473  Pricing or repricing methodology
1514  Delay reason code
1526  Policy compliance code
1527  Exception code
1528  Component position in the composite
1595  Government service affiliation code
1596  Military service rank code
1686  Repetition position
1705  Implementation guide version
1715  Country subdivision code
9998  Context reference
9999  Context name
C001  Composite unit of measure
C003  Procedure identifier
C004  Diagnosis code pointers
C022  Health care code information
C023  Facility information
C024  Related causes information
C030  Position in the segment
C040  Additional reference
C042  Adjustment identifier
C043  Health care claim status
C998  Context identification
C999  Reference in the segment
""")

_BY_PLACE: Final = _table("""
AAA01  Whether the request was valid
AMT02  Amount
BHT03  Reference of the originator
BPR02  Total payment amount
BPR06  Sender's depository number qualifier
BPR07  Sender's depository number
BPR08  Sender's account number qualifier
BPR09  Sender's account number
BPR12  Receiver's depository number qualifier
BPR13  Receiver's depository number
BPR14  Receiver's account number qualifier
BPR15  Receiver's account number
BPR16  Payment date
CLM02  Total charge
CLM05-1  Place of service or facility type
CLM06  Provider's signature on file
CLM08  Benefits assigned to the provider
CLP03  Total charge
CLP04  Amount paid
CLP05  Patient responsibility
CLP07  Payer claim control number
CLP12  DRG weight
CLP13  Discharge fraction
DMG02  Birth date
HI01-1  Kind of the first code
HI01-2  First code
INS01  Subscriber indicator
N301   Address line 1
N302   Address line 2
NM109  Identification code
NTE02  Note text
PLB01  Provider identifier
PLB02  Last day of the fiscal year
PRV03  Provider taxonomy code
SBR03  Group or policy number
SBR04  Group name
STC02  Effective date of the status
STC04  Charge
STC05  Amount paid
STC06  Adjudication date
STC08  Check or EFT date
SV102  Line charge
SV103  Unit of measure
SV104  Service unit count
SV109  Emergency indicator
SV111  EPSDT indicator
SV112  Family planning indicator
SV201  Revenue code
SV203  Line charge
SV205  Service unit count
SV207  Non-covered charge
SVC02  Line charge
SVC03  Line amount paid
SVC04  Revenue code
SVC05  Units paid
SVC07  Units billed
SVD01  Other payer's identifier
SVD02  Amount paid by the other payer
SVD04  Revenue code
SVD05  Units paid
SVD06  Bundled into line number
TRN02  Trace number
""")


def element_name(place: str, element: Element) -> str:
    """The name of the element at a place (``CLM05-1``) in plain words.

    ``KeyError`` when nobody has named its data element.
    """
    return _BY_PLACE.get(place) or _BY_NUMBER[element.number]
