from django.urls import path

from encounters.views import check_in, coverage, eligibility, front_desk, patients, schedule, visits

app_name = "front_desk"

urlpatterns = [
    path("front-desk/", front_desk.home, name="home"),
    path("patients/", patients.patients, name="patients"),
    path("patients/find/", patients.find, name="find"),
    path("patients/new/", patients.register, name="register"),
    path("patients/<int:patient_id>/", patients.patient, name="patient"),
    path("patients/<int:patient_id>/edit/", patients.edit, name="edit"),
    path("patients/<int:patient_id>/coverage/", coverage.add, name="add_coverage"),
    path("patients/<int:patient_id>/schedule/", schedule.schedule, name="schedule"),
    path("patients/<int:patient_id>/walk-in/", schedule.walk_in, name="walk_in"),
    path("coverage/<int:coverage_id>/change/", coverage.change, name="change_coverage"),
    path("coverage/<int:coverage_id>/end/", coverage.end, name="end_coverage"),
    path("coverage/<int:coverage_id>/verify/", eligibility.verify, name="verify"),
    path("eligibility/", eligibility.queue, name="eligibility"),
    path("eligibility/<int:check_id>/", eligibility.check, name="check"),
    path("eligibility/<int:check_id>/accept/", eligibility.accept, name="accept"),
    path("schedule/<int:appointment_id>/check-in/", check_in.check_in, name="check_in"),
    path("schedule/<int:appointment_id>/change/", schedule.move, name="move"),
    path("schedule/<int:appointment_id>/cancel/", schedule.cancel, name="cancel"),
    path("schedule/<int:appointment_id>/no-show/", schedule.no_show, name="no_show"),
    path("encounters/<int:encounter_id>/", visits.encounter, name="encounter"),
    path("encounters/<int:encounter_id>/hold/", visits.hold, name="hold"),
    path("encounters/<int:encounter_id>/release/", visits.release, name="release"),
]
