"""Staff: accounts, roles, sign-in, API tokens, the audit trail."""
