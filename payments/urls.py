"""Addresses of the payment pages."""

from django.urls import path

from payments import views

app_name = "payments"

urlpatterns = [
    path("remittances/", views.remittance_list, name="list"),
    path("remittances/upload/", views.upload, name="upload"),
    path("remittances/<int:remittance_id>/", views.remittance_detail, name="detail"),
    path("remittances/<int:remittance_id>/post/", views.post_ready, name="post"),
    path("remittances/<int:remittance_id>/file/", views.remittance_file, name="file"),
    path("remittances/payments/<int:payment_id>/", views.claim_payment, name="payment"),
    path("unposted/", views.unposted_list, name="unposted"),
    path("unposted/next/", views.unposted_next, name="unposted_next"),
    path("unposted/<int:payment_id>/", views.unposted_detail, name="unposted_detail"),
    path("unposted/<int:payment_id>/match/", views.unposted_match, name="unposted_match"),
    path("unposted/<int:payment_id>/send-back/", views.unposted_send_back, name="send_back"),
    path("unposted/<int:payment_id>/note/", views.unposted_note, name="unposted_note"),
    path("credits/", views.credit_list, name="credits"),
    path("ledger/receivable/<int:receivable_id>/", views.receivable, name="receivable"),
    path("ledger/entry/<int:entry_id>/", views.entry, name="entry"),
]
