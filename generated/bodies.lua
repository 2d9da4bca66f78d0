-- Made from the contracts by `make generate`; the checker below is deploy/envoy/bodies.lua.

SHAPES = {
  ["einstellen.auth.v1.AcceptInvitationRequest"] = {token = true},
  ["einstellen.auth.v1.ChangePasswordRequest"] = {currentPassword = true, current_password = true, newPassword = true, new_password = true},
  ["einstellen.auth.v1.ConfirmEmailChangeRequest"] = {token = true},
  ["einstellen.auth.v1.ConfirmTotpRequest"] = {code = true},
  ["einstellen.auth.v1.CreateApiKeyRequest"] = {expireTime = true, expire_time = true, name = true, requestId = true, request_id = true, scopes = true},
  ["einstellen.auth.v1.CreateExportRequest"] = {requestId = true, request_id = true},
  ["einstellen.auth.v1.CreateInvitationRequest"] = {email = true, organizationId = true, organization_id = true, requestId = true, request_id = true, role = true},
  ["einstellen.auth.v1.CreateOrganizationRequest"] = {name = true, requestId = true, request_id = true},
  ["einstellen.auth.v1.CreateWorkspaceRequest"] = {name = true, requestId = true, request_id = true},
  ["einstellen.auth.v1.DeleteAccountRequest"] = {code = true, password = true},
  ["einstellen.auth.v1.DisableTotpRequest"] = {code = true, password = true},
  ["einstellen.auth.v1.FinishGoogleSignInRequest"] = {authuser = true, code = true, error = true, errorDescription = true, error_description = true, hd = true, iss = true, prompt = true, scope = true, state = true},
  ["einstellen.auth.v1.FinishLoginRequest"] = {challengeToken = true, challenge_token = true, code = true},
  ["einstellen.auth.v1.LeaveOrganizationRequest"] = {organizationId = true, organization_id = true},
  ["einstellen.auth.v1.LoginRequest"] = {email = true, password = true},
  ["einstellen.auth.v1.LogoutRequest"] = {refreshToken = true, refresh_token = true},
  ["einstellen.auth.v1.RefreshTokenRequest"] = {refreshToken = true, refresh_token = true},
  ["einstellen.auth.v1.RegisterRequest"] = {email = true, firstName = true, first_name = true, fullName = true, full_name = true, lastName = true, last_name = true, password = true},
  ["einstellen.auth.v1.RenewRecoveryCodesRequest"] = {code = true, password = true},
  ["einstellen.auth.v1.RequestEmailChangeRequest"] = {email = true, password = true},
  ["einstellen.auth.v1.RequestEmailVerificationRequest"] = {},
  ["einstellen.auth.v1.RequestPasswordResetRequest"] = {email = true},
  ["einstellen.auth.v1.ResetPasswordRequest"] = {password = true, token = true},
  ["einstellen.auth.v1.ResumeTenantRequest"] = {organizationId = true, organization_id = true},
  ["einstellen.auth.v1.RevokeSessionsRequest"] = {keepCurrent = true, keep_current = true},
  ["einstellen.auth.v1.StartGoogleSignInRequest"] = {},
  ["einstellen.auth.v1.StartTotpRequest"] = {password = true},
  ["einstellen.auth.v1.SuspendTenantRequest"] = {organizationId = true, organization_id = true, why = true},
  ["einstellen.auth.v1.SwitchOrganizationRequest"] = {organizationId = true, organization_id = true, refreshToken = true, refresh_token = true},
  ["einstellen.auth.v1.UpdateMemberRequest"] = {organizationId = true, organization_id = true, role = true, userId = true, user_id = true},
  ["einstellen.auth.v1.UpdateOrganizationRequest"] = {name = true, organizationId = true, organization_id = true},
  ["einstellen.auth.v1.UpdateProfileRequest"] = {firstName = true, first_name = true, lastName = true, last_name = true, pictureUrl = true, picture_url = true, updateMask = true, update_mask = true},
  ["einstellen.auth.v1.UpdateWorkspaceRequest"] = {name = true, workspaceId = true, workspace_id = true},
  ["einstellen.auth.v1.VerifyEmailRequest"] = {token = true},
  ["einstellen.billing.v1.BillingDetails"] = {addressLines = true, address_lines = true, country = true, name = true, taxId = true, tax_id = true},
  ["einstellen.billing.v1.CancelSubscriptionRequest"] = {atPeriodEnd = true, at_period_end = true, subscriptionId = true, subscription_id = true},
  ["einstellen.billing.v1.ChangePlanRequest"] = {planId = true, plan_id = true, requestId = true, request_id = true, subscriptionId = true, subscription_id = true},
  ["einstellen.billing.v1.ConsumeCreditsRequest"] = {amount = true, reason = true, requestId = true, request_id = true, subscriptionId = true, subscription_id = true},
  ["einstellen.billing.v1.CreateCheckoutSessionRequest"] = {cancelUrl = true, cancel_url = true, planId = true, plan_id = true, provider = true, requestId = true, request_id = true, successUrl = true, success_url = true},
  ["einstellen.billing.v1.CreatePaymentRequest"] = {cancelUrl = true, cancel_url = true, packageId = true, package_id = true, provider = true, requestId = true, request_id = true, successUrl = true, success_url = true},
  ["einstellen.billing.v1.CreateSubscriptionRequest"] = {cancelUrl = true, cancel_url = true, paymentMethod = true, payment_method = true, planId = true, plan_id = true, provider = true, requestId = true, request_id = true, successUrl = true, success_url = true, trial = true},
  ["einstellen.billing.v1.GrantCreditsRequest"] = {amount = true, description = true, requestId = true, request_id = true, tenantId = true, tenant_id = true, unit = true},
  ["einstellen.billing.v1.PayInvoiceRequest"] = {cancelUrl = true, cancel_url = true, invoiceId = true, invoice_id = true, otherMethod = true, other_method = true, provider = true, successUrl = true, success_url = true},
  ["einstellen.billing.v1.RefundPaymentRequest"] = {amount = true, paymentId = true, payment_id = true, reason = true, requestId = true, request_id = true},
  ["einstellen.billing.v1.ResumeSubscriptionRequest"] = {subscriptionId = true, subscription_id = true},
  ["einstellen.candidates.v1.Certification"] = {id = true, issueDate = true, issue_date = true, issuedBy = true, issued_by = true, source = true, title = true},
  ["einstellen.candidates.v1.CreateCandidateRequest"] = {discoverable = true, dob = true, email = true, firstName = true, first_name = true, headline = true, lastName = true, last_name = true, links = true, location = true, phone = true, requestId = true, request_id = true, summary = true},
  ["einstellen.candidates.v1.DismissDuplicateRequest"] = {duplicateId = true, duplicate_id = true},
  ["einstellen.candidates.v1.Education"] = {degree = true, endYear = true, end_year = true, id = true, source = true, startYear = true, start_year = true, university = true},
  ["einstellen.candidates.v1.Language"] = {id = true, level = true, name = true, source = true},
  ["einstellen.candidates.v1.MergeDuplicateRequest"] = {duplicateId = true, duplicate_id = true, keepCandidateId = true, keep_candidate_id = true},
  ["einstellen.candidates.v1.Project"] = {description = true, id = true, name = true, source = true, url = true},
  ["einstellen.candidates.v1.Skill"] = {id = true, skillName = true, skill_name = true, source = true},
  ["einstellen.candidates.v1.UpdateCandidateRequest"] = {candidateId = true, candidate_id = true, discoverable = true, dob = true, email = true, firstName = true, first_name = true, headline = true, lastName = true, last_name = true, links = true, location = true, phone = true, summary = true, updateMask = true, update_mask = true},
  ["einstellen.candidates.v1.WorkExperience"] = {companyName = true, company_name = true, description = true, endDate = true, end_date = true, id = true, jobTitle = true, job_title = true, source = true, startDate = true, start_date = true},
  ["einstellen.interviews.v1.AnswerQuestionRequest"] = {code = true, interviewId = true, interview_id = true, language = true, questionId = true, question_id = true, requestId = true, request_id = true, text = true},
  ["einstellen.interviews.v1.CancelInterviewRequest"] = {interviewId = true, interview_id = true},
  ["einstellen.interviews.v1.ConsentToRecordingRequest"] = {agrees = true, interviewId = true, interview_id = true},
  ["einstellen.interviews.v1.EndInterviewRequest"] = {interviewId = true, interview_id = true},
  ["einstellen.interviews.v1.OverrideScoreRequest"] = {interviewId = true, interview_id = true, questionId = true, question_id = true, reason = true, requestId = true, request_id = true, value = true},
  ["einstellen.interviews.v1.RecordSignalsRequest"] = {interviewId = true, interview_id = true, requestId = true, request_id = true, signals = "einstellen.interviews.v1.Signal"},
  ["einstellen.interviews.v1.RunCodeRequest"] = {code = true, interviewId = true, interview_id = true, language = true, questionId = true, question_id = true, requestId = true, request_id = true},
  ["einstellen.interviews.v1.ScoreAgainRequest"] = {interviewId = true, interview_id = true},
  ["einstellen.interviews.v1.ShareReportRequest"] = {interviewId = true, interview_id = true, shareReport = true, share_report = true},
  ["einstellen.interviews.v1.Signal"] = {amount = true, kind = true, questionId = true, question_id = true, time = true},
  ["einstellen.interviews.v1.StartInterviewRequest"] = {candidateId = true, candidate_id = true, jobId = true, job_id = true, questionCount = true, question_count = true, requestId = true, request_id = true, shareReport = true, share_report = true, subscriptionId = true, subscription_id = true},
  ["einstellen.jobs.v1.AddNoteRequest"] = {applicationId = true, application_id = true, requestId = true, request_id = true, text = true},
  ["einstellen.jobs.v1.ApplyRequest"] = {candidateId = true, candidate_id = true, coverLetter = true, cover_letter = true, jobId = true, job_id = true, requestId = true, request_id = true, source = true},
  ["einstellen.jobs.v1.CloseJobRequest"] = {jobId = true, job_id = true},
  ["einstellen.jobs.v1.CreateCompanyRequest"] = {name = true, requestId = true, request_id = true, website = true},
  ["einstellen.jobs.v1.CreateJobRequest"] = {blindUntil = true, blind_until = true, companyId = true, company_id = true, description = true, keySkills = true, key_skills = true, location = true, remote = true, requestId = true, request_id = true, salaryRange = "einstellen.jobs.v1.SalaryRange", salary_range = "einstellen.jobs.v1.SalaryRange", status = true, title = true},
  ["einstellen.jobs.v1.MoveApplicationsRequest"] = {applicationIds = true, application_ids = true, reason = true, status = true},
  ["einstellen.jobs.v1.PutMyTutorProfileRequest"] = {bio = true, currency = true, displayName = true, display_name = true, headline = true, hourlyRate = true, hourly_rate = true, languages = true, subjects = true},
  ["einstellen.jobs.v1.PutReviewRequest"] = {comment = true, rating = true, tutorId = true, tutor_id = true},
  ["einstellen.jobs.v1.PutScorecardRequest"] = {applicationId = true, application_id = true, comment = true, ratings = "einstellen.jobs.v1.Rating", recommendation = true},
  ["einstellen.jobs.v1.PutSelfIdentificationRequest"] = {answers = "einstellen.jobs.v1.SelfIdentification", applicationId = true, application_id = true},
  ["einstellen.jobs.v1.Rating"] = {criterion = true, value = true},
  ["einstellen.jobs.v1.SalaryRange"] = {currency = true, maxAmount = true, max_amount = true, minAmount = true, min_amount = true, period = true},
  ["einstellen.jobs.v1.SelfIdentification"] = {ageGroup = true, age_group = true, disability = true, ethnicity = true, gender = true},
  ["einstellen.jobs.v1.UpdateApplicationStatusRequest"] = {applicationId = true, application_id = true, interviewTime = true, interview_time = true, reason = true, status = true},
  ["einstellen.jobs.v1.UpdateJobRequest"] = {blindUntil = true, blind_until = true, description = true, jobId = true, job_id = true, keySkills = true, key_skills = true, location = true, remote = true, salaryRange = "einstellen.jobs.v1.SalaryRange", salary_range = "einstellen.jobs.v1.SalaryRange", status = true, title = true, updateMask = true, update_mask = true},
  ["einstellen.notifications.v1.CreatePushSubscriptionRequest"] = {auth = true, endpoint = true, p256dh = true},
  ["einstellen.notifications.v1.CreateReminderRequest"] = {applicationId = true, application_id = true, candidateHidden = true, candidateId = true, candidate_hidden = true, candidate_id = true, employerId = true, employer_id = true, interviewTime = true, interview_time = true, reminderTime = true, reminder_time = true, requestId = true, request_id = true, tenantId = true, tenant_id = true, title = true},
  ["einstellen.notifications.v1.CreateWebhookEndpointRequest"] = {description = true, eventTypes = true, event_types = true, requestId = true, request_id = true, url = true},
  ["einstellen.notifications.v1.Kind"] = {mandatory = true, name = true, urgent = true},
  ["einstellen.notifications.v1.MarkNotificationReadRequest"] = {notificationId = true, notification_id = true},
  ["einstellen.notifications.v1.MoveReminderRequest"] = {interviewTime = true, interview_time = true, reminderId = true, reminderTime = true, reminder_id = true, reminder_time = true},
  ["einstellen.notifications.v1.Preferences"] = {kinds = "einstellen.notifications.v1.Kind", language = true, off = "einstellen.notifications.v1.Switch", quietHours = "einstellen.notifications.v1.QuietHours", quiet_hours = "einstellen.notifications.v1.QuietHours", timeZone = true, time_zone = true},
  ["einstellen.notifications.v1.PreviewTemplateRequest"] = {language = true, template = true, timeZone = true, time_zone = true, variables = true},
  ["einstellen.notifications.v1.QuietHours"] = {["end"] = true, start = true},
  ["einstellen.notifications.v1.ReplayWebhookDeliveryRequest"] = {webhookDeliveryId = true, webhook_delivery_id = true},
  ["einstellen.notifications.v1.ReplayWebhookEndpointRequest"] = {endpointId = true, endpoint_id = true, missedOnly = true, missed_only = true, sinceTime = true, since_time = true},
  ["einstellen.notifications.v1.RetryDeadLetterRequest"] = {deadLetterId = true, dead_letter_id = true},
  ["einstellen.notifications.v1.RotateWebhookSecretRequest"] = {endpointId = true, endpoint_id = true, overlapHours = true, overlap_hours = true, requestId = true, request_id = true},
  ["einstellen.notifications.v1.SendMessageRequest"] = {content = true, receiverId = true, receiver_id = true, requestId = true, request_id = true},
  ["einstellen.notifications.v1.SendNotificationRequest"] = {kind = true, language = true, message = true, notificationType = true, notification_type = true, recipient = true, requestId = true, request_id = true, sendTime = true, send_time = true, subject = true, template = true, tenantId = true, tenant_id = true, userId = true, user_id = true, variables = true},
  ["einstellen.notifications.v1.SendTestWebhookRequest"] = {endpointId = true, endpoint_id = true, requestId = true, request_id = true},
  ["einstellen.notifications.v1.Switch"] = {kind = true, notificationType = true, notification_type = true},
  ["einstellen.notifications.v1.UpdatePreferencesRequest"] = {preferences = "einstellen.notifications.v1.Preferences", updateMask = true, update_mask = true},
  ["einstellen.notifications.v1.UpdateWebhookEndpointRequest"] = {description = true, enabled = true, endpointId = true, endpoint_id = true, eventTypes = true, event_types = true, updateMask = true, update_mask = true, url = true},
}

EXACT = {
  ["DELETE /api/v1/users/me"] = "einstellen.auth.v1.DeleteAccountRequest",
  ["PATCH /api/v1/auth/profile"] = "einstellen.auth.v1.UpdateProfileRequest",
  ["PATCH /api/v1/notifications/preferences"] = "einstellen.notifications.v1.UpdatePreferencesRequest",
  ["PATCH /api/v1/users/me"] = "einstellen.auth.v1.UpdateProfileRequest",
  ["POST /api/v1/api-keys"] = "einstellen.auth.v1.CreateApiKeyRequest",
  ["POST /api/v1/applications/move"] = "einstellen.jobs.v1.MoveApplicationsRequest",
  ["POST /api/v1/auth/email"] = "einstellen.auth.v1.RequestEmailChangeRequest",
  ["POST /api/v1/auth/email/confirm"] = "einstellen.auth.v1.ConfirmEmailChangeRequest",
  ["POST /api/v1/auth/email/verification"] = "einstellen.auth.v1.RequestEmailVerificationRequest",
  ["POST /api/v1/auth/email/verify"] = "einstellen.auth.v1.VerifyEmailRequest",
  ["POST /api/v1/auth/google"] = "einstellen.auth.v1.StartGoogleSignInRequest",
  ["POST /api/v1/auth/google/callback"] = "einstellen.auth.v1.FinishGoogleSignInRequest",
  ["POST /api/v1/auth/login"] = "einstellen.auth.v1.LoginRequest",
  ["POST /api/v1/auth/login/code"] = "einstellen.auth.v1.FinishLoginRequest",
  ["POST /api/v1/auth/logout"] = "einstellen.auth.v1.LogoutRequest",
  ["POST /api/v1/auth/password"] = "einstellen.auth.v1.ChangePasswordRequest",
  ["POST /api/v1/auth/password/forgot"] = "einstellen.auth.v1.RequestPasswordResetRequest",
  ["POST /api/v1/auth/password/reset"] = "einstellen.auth.v1.ResetPasswordRequest",
  ["POST /api/v1/auth/register"] = "einstellen.auth.v1.RegisterRequest",
  ["POST /api/v1/auth/sessions/revoke"] = "einstellen.auth.v1.RevokeSessionsRequest",
  ["POST /api/v1/auth/token/refresh"] = "einstellen.auth.v1.RefreshTokenRequest",
  ["POST /api/v1/auth/totp"] = "einstellen.auth.v1.StartTotpRequest",
  ["POST /api/v1/auth/totp/confirm"] = "einstellen.auth.v1.ConfirmTotpRequest",
  ["POST /api/v1/auth/totp/disable"] = "einstellen.auth.v1.DisableTotpRequest",
  ["POST /api/v1/auth/totp/recovery-codes"] = "einstellen.auth.v1.RenewRecoveryCodesRequest",
  ["POST /api/v1/candidates"] = "einstellen.candidates.v1.CreateCandidateRequest",
  ["POST /api/v1/companies"] = "einstellen.jobs.v1.CreateCompanyRequest",
  ["POST /api/v1/credits/create-checkout-session"] = "einstellen.billing.v1.CreatePaymentRequest",
  ["POST /api/v1/credits/grants"] = "einstellen.billing.v1.GrantCreditsRequest",
  ["POST /api/v1/interviews/start"] = "einstellen.interviews.v1.StartInterviewRequest",
  ["POST /api/v1/invitations/accept"] = "einstellen.auth.v1.AcceptInvitationRequest",
  ["POST /api/v1/jobs"] = "einstellen.jobs.v1.CreateJobRequest",
  ["POST /api/v1/login"] = "einstellen.auth.v1.LoginRequest",
  ["POST /api/v1/messages/send"] = "einstellen.notifications.v1.SendMessageRequest",
  ["POST /api/v1/notifications/push/subscriptions"] = "einstellen.notifications.v1.CreatePushSubscriptionRequest",
  ["POST /api/v1/notifications/send"] = "einstellen.notifications.v1.SendNotificationRequest",
  ["POST /api/v1/notifications/templates/preview"] = "einstellen.notifications.v1.PreviewTemplateRequest",
  ["POST /api/v1/organizations"] = "einstellen.auth.v1.CreateOrganizationRequest",
  ["POST /api/v1/organizations/workspaces"] = "einstellen.auth.v1.CreateWorkspaceRequest",
  ["POST /api/v1/payments"] = "einstellen.billing.v1.CreatePaymentRequest",
  ["POST /api/v1/register"] = "einstellen.auth.v1.RegisterRequest",
  ["POST /api/v1/reminders"] = "einstellen.notifications.v1.CreateReminderRequest",
  ["POST /api/v1/reminders/create"] = "einstellen.notifications.v1.CreateReminderRequest",
  ["POST /api/v1/subscriptions/create"] = "einstellen.billing.v1.CreateSubscriptionRequest",
  ["POST /api/v1/subscriptions/create-checkout-session"] = "einstellen.billing.v1.CreateCheckoutSessionRequest",
  ["POST /api/v1/users/me/exports"] = "einstellen.auth.v1.CreateExportRequest",
  ["POST /api/v1/webhooks/endpoints"] = "einstellen.notifications.v1.CreateWebhookEndpointRequest",
  ["PUT /api/v1/auth/profile"] = "einstellen.auth.v1.UpdateProfileRequest",
  ["PUT /api/v1/billing-details"] = "einstellen.billing.v1.BillingDetails",
  ["PUT /api/v1/jobs/tutors/me"] = "einstellen.jobs.v1.PutMyTutorProfileRequest",
  ["PUT /api/v1/notifications/preferences"] = "einstellen.notifications.v1.UpdatePreferencesRequest",
  ["PUT /api/v1/users/me"] = "einstellen.auth.v1.UpdateProfileRequest",
}

PATTERNS = {
  {"PUT", "^/api/v1/organizations/[^/]+$", "einstellen.auth.v1.UpdateOrganizationRequest"},
  {"PATCH", "^/api/v1/organizations/[^/]+$", "einstellen.auth.v1.UpdateOrganizationRequest"},
  {"PUT", "^/api/v1/organizations/[^/]+/members/[^/]+$", "einstellen.auth.v1.UpdateMemberRequest"},
  {"PATCH", "^/api/v1/organizations/[^/]+/members/[^/]+$", "einstellen.auth.v1.UpdateMemberRequest"},
  {"POST", "^/api/v1/organizations/[^/]+/leave$", "einstellen.auth.v1.LeaveOrganizationRequest"},
  {"POST", "^/api/v1/organizations/[^/]+/switch$", "einstellen.auth.v1.SwitchOrganizationRequest"},
  {"POST", "^/api/v1/tenants/[^/]+/suspend$", "einstellen.auth.v1.SuspendTenantRequest"},
  {"POST", "^/api/v1/tenants/[^/]+/resume$", "einstellen.auth.v1.ResumeTenantRequest"},
  {"POST", "^/api/v1/organizations/[^/]+/invitations$", "einstellen.auth.v1.CreateInvitationRequest"},
  {"POST", "^/api/v1/organizations/[^/]+/invite$", "einstellen.auth.v1.CreateInvitationRequest"},
  {"PUT", "^/api/v1/organizations/workspaces/[^/]+$", "einstellen.auth.v1.UpdateWorkspaceRequest"},
  {"POST", "^/api/v1/payments/[^/]+/refund$", "einstellen.billing.v1.RefundPaymentRequest"},
  {"POST", "^/api/v1/invoices/[^/]+/pay$", "einstellen.billing.v1.PayInvoiceRequest"},
  {"POST", "^/api/v1/subscriptions/[^/]+/cancel$", "einstellen.billing.v1.CancelSubscriptionRequest"},
  {"POST", "^/api/v1/subscriptions/[^/]+/resume$", "einstellen.billing.v1.ResumeSubscriptionRequest"},
  {"POST", "^/api/v1/subscriptions/[^/]+/change%-plan$", "einstellen.billing.v1.ChangePlanRequest"},
  {"POST", "^/api/v1/subscriptions/[^/]+/consume%-credits$", "einstellen.billing.v1.ConsumeCreditsRequest"},
  {"PUT", "^/api/v1/candidates/[^/]+/update$", "einstellen.candidates.v1.UpdateCandidateRequest"},
  {"PATCH", "^/api/v1/candidates/[^/]+$", "einstellen.candidates.v1.UpdateCandidateRequest"},
  {"POST", "^/api/v1/candidates/[^/]+/education$", "einstellen.candidates.v1.Education"},
  {"PUT", "^/api/v1/education/[^/]+/edit$", "einstellen.candidates.v1.Education"},
  {"POST", "^/api/v1/candidates/[^/]+/work%-experience$", "einstellen.candidates.v1.WorkExperience"},
  {"PUT", "^/api/v1/work%-experience/[^/]+/edit$", "einstellen.candidates.v1.WorkExperience"},
  {"POST", "^/api/v1/candidates/[^/]+/skills$", "einstellen.candidates.v1.Skill"},
  {"PUT", "^/api/v1/skills/[^/]+/edit$", "einstellen.candidates.v1.Skill"},
  {"POST", "^/api/v1/candidates/[^/]+/certifications$", "einstellen.candidates.v1.Certification"},
  {"PUT", "^/api/v1/certifications/[^/]+/edit$", "einstellen.candidates.v1.Certification"},
  {"POST", "^/api/v1/candidates/[^/]+/languages$", "einstellen.candidates.v1.Language"},
  {"PUT", "^/api/v1/languages/[^/]+/edit$", "einstellen.candidates.v1.Language"},
  {"POST", "^/api/v1/candidates/[^/]+/projects$", "einstellen.candidates.v1.Project"},
  {"PUT", "^/api/v1/projects/[^/]+/edit$", "einstellen.candidates.v1.Project"},
  {"POST", "^/api/v1/duplicates/[^/]+/merge$", "einstellen.candidates.v1.MergeDuplicateRequest"},
  {"POST", "^/api/v1/duplicates/[^/]+/dismiss$", "einstellen.candidates.v1.DismissDuplicateRequest"},
  {"POST", "^/api/v1/interviews/[^/]+/questions/[^/]+/run$", "einstellen.interviews.v1.RunCodeRequest"},
  {"POST", "^/api/v1/interviews/[^/]+/questions/[^/]+/answer$", "einstellen.interviews.v1.AnswerQuestionRequest"},
  {"POST", "^/api/v1/interviews/[^/]+/consent$", "einstellen.interviews.v1.ConsentToRecordingRequest"},
  {"POST", "^/api/v1/interviews/[^/]+/signals$", "einstellen.interviews.v1.RecordSignalsRequest"},
  {"POST", "^/api/v1/interviews/[^/]+/end$", "einstellen.interviews.v1.EndInterviewRequest"},
  {"POST", "^/api/v1/interviews/[^/]+/cancel$", "einstellen.interviews.v1.CancelInterviewRequest"},
  {"POST", "^/api/v1/interviews/[^/]+/score$", "einstellen.interviews.v1.ScoreAgainRequest"},
  {"POST", "^/api/v1/interviews/[^/]+/overrides$", "einstellen.interviews.v1.OverrideScoreRequest"},
  {"POST", "^/api/v1/interviews/[^/]+/share$", "einstellen.interviews.v1.ShareReportRequest"},
  {"PUT", "^/api/v1/jobs/[^/]+$", "einstellen.jobs.v1.UpdateJobRequest"},
  {"PATCH", "^/api/v1/jobs/[^/]+$", "einstellen.jobs.v1.UpdateJobRequest"},
  {"POST", "^/api/v1/jobs/[^/]+/close$", "einstellen.jobs.v1.CloseJobRequest"},
  {"POST", "^/api/v1/jobs/[^/]+/apply$", "einstellen.jobs.v1.ApplyRequest"},
  {"PUT", "^/api/v1/applications/[^/]+/status$", "einstellen.jobs.v1.UpdateApplicationStatusRequest"},
  {"PATCH", "^/api/v1/applications/[^/]+/status$", "einstellen.jobs.v1.UpdateApplicationStatusRequest"},
  {"POST", "^/api/v1/applications/[^/]+/notes$", "einstellen.jobs.v1.AddNoteRequest"},
  {"PUT", "^/api/v1/applications/[^/]+/scorecard$", "einstellen.jobs.v1.PutScorecardRequest"},
  {"PUT", "^/api/v1/applications/[^/]+/self%-identification$", "einstellen.jobs.v1.PutSelfIdentificationRequest"},
  {"PUT", "^/api/v1/jobs/tutors/[^/]+/review$", "einstellen.jobs.v1.PutReviewRequest"},
  {"POST", "^/api/v1/jobs/tutors/[^/]+/reviews$", "einstellen.jobs.v1.PutReviewRequest"},
  {"POST", "^/api/v1/notifications/[^/]+/read$", "einstellen.notifications.v1.MarkNotificationReadRequest"},
  {"PUT", "^/api/v1/notifications/[^/]+/read$", "einstellen.notifications.v1.MarkNotificationReadRequest"},
  {"POST", "^/api/v1/notifications/dead%-letters/[^/]+/retry$", "einstellen.notifications.v1.RetryDeadLetterRequest"},
  {"PUT", "^/api/v1/reminders/[^/]+$", "einstellen.notifications.v1.MoveReminderRequest"},
  {"PATCH", "^/api/v1/reminders/[^/]+$", "einstellen.notifications.v1.MoveReminderRequest"},
  {"PUT", "^/api/v1/webhooks/endpoints/[^/]+$", "einstellen.notifications.v1.UpdateWebhookEndpointRequest"},
  {"PATCH", "^/api/v1/webhooks/endpoints/[^/]+$", "einstellen.notifications.v1.UpdateWebhookEndpointRequest"},
  {"POST", "^/api/v1/webhooks/endpoints/[^/]+/rotate%-secret$", "einstellen.notifications.v1.RotateWebhookSecretRequest"},
  {"POST", "^/api/v1/webhooks/endpoints/[^/]+/test$", "einstellen.notifications.v1.SendTestWebhookRequest"},
  {"POST", "^/api/v1/webhooks/deliveries/[^/]+/replay$", "einstellen.notifications.v1.ReplayWebhookDeliveryRequest"},
  {"POST", "^/api/v1/webhooks/endpoints/[^/]+/replay$", "einstellen.notifications.v1.ReplayWebhookEndpointRequest"},
}

-- Refuses a JSON body with a field that the contract does not know: the transcoder would drop it without a word, and a misspelt field would pass for one
-- that was left out. Placed behind tables made from the contracts (`make generate` writes both as generated/bodies.lua):
--   SHAPES   message name -> field name -> the message name of its values, or true where anything may stand
--   EXACT    "METHOD path" -> message name;  PATTERNS  {method, pattern, message name}, for paths with variables
-- A body that is no JSON passes: the transcoder refuses it and says where.

local DEEPEST = 32

local function skip(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

-- The position after the string that starts at `at`, or nil.
local function after_string(text, at)
  at = at + 1
  while true do
    local found = text:find('["\\]', at)
    if not found then return nil end
    if text:byte(found) == 34 then return found + 1 end
    at = found + 2
  end
end

-- The position after the value at `at`, or nil where it is malformed; with a second result, the path of a field that nobody knows.
local function check(text, at, shape, path, depth)
  at = skip(text, at)
  local first = text:sub(at, at)
  if depth > DEEPEST then return nil end
  if first == '"' then return after_string(text, at) end
  if first == "{" then
    local fields = SHAPES[shape]
    at = skip(text, at + 1)
    if text:sub(at, at) == "}" then return at + 1 end
    while true do
      if text:sub(at, at) ~= '"' then return nil end
      local stop = after_string(text, at)
      if not stop then return nil end
      local name = text:sub(at + 1, stop - 2)
      local inner = true
      if fields then
        inner = fields[name]
        if inner == nil then return nil, path .. name end
      end
      at = skip(text, stop)
      if text:sub(at, at) ~= ":" then return nil end
      local unknown
      at, unknown = check(text, at + 1, inner, path .. name .. ".", depth + 1)
      if not at then return nil, unknown end
      at = skip(text, at)
      local mark = text:sub(at, at)
      if mark == "}" then return at + 1 end
      if mark ~= "," then return nil end
      at = skip(text, at + 1)
    end
  end
  if first == "[" then
    at = skip(text, at + 1)
    if text:sub(at, at) == "]" then return at + 1 end
    while true do
      local unknown
      at, unknown = check(text, at, shape, path, depth + 1)
      if not at then return nil, unknown end
      at = skip(text, at)
      local mark = text:sub(at, at)
      if mark == "]" then return at + 1 end
      if mark ~= "," then return nil end
      at = at + 1
    end
  end
  local stop = select(2, text:find("^[%w+.-]+", at))
  return stop and stop + 1
end

local function shape_of(method, path)
  local found = EXACT[method .. " " .. path]
  if found then return found end
  for _, entry in ipairs(PATTERNS) do
    if entry[1] == method and path:find(entry[2]) then return entry[3] end
  end
end

-- Whether the text is UTF-8 as RFC 3629 has it.
local function is_utf8(text)
  local at = 1
  while true do
    at = text:find("[\128-\255]", at)
    if not at then return true end
    local first, second = text:byte(at, at + 1)
    local more = first >= 0xC2 and first <= 0xDF and 1 or first >= 0xE0 and first <= 0xEF and 2 or first >= 0xF0 and first <= 0xF4 and 3
    if not more or not second then return false end
    if first == 0xE0 and second < 0xA0 or first == 0xED and second > 0x9F or first == 0xF0 and second < 0x90 or first == 0xF4 and second > 0x8F then return false end
    for offset = 1, more do
      local byte = text:byte(at + offset)
      if not byte or byte < 0x80 or byte > 0xBF then return false end
    end
    at = at + more + 1
  end
end

function envoy_on_request(handle)
  local headers = handle:headers()
  if (headers:get("content-type") or ""):sub(1, 16) == "application/grpc" then return end
  local shape = shape_of(headers:get(":method"), (headers:get(":path") or ""):match("^[^?]*"))
  if not shape then return end
  local body = handle:body() -- all of it; past the listener's limit Envoy answers 413
  if not body then return end
  local text = body:getBytes(0, body:length())
  if not is_utf8(text) then
    body:setBytes("not UTF-8") -- for the transcoder to refuse, which would quote the bytes in its answer otherwise
    return
  end
  local _, unknown = check(text, 1, shape, "", 0)
  if unknown then
    handle:respond({[":status"] = "400", ["content-type"] = "text/plain"}, unknown:gsub('[%c"\\]', "?"):sub(1, 100))
  end
end
