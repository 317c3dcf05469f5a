"""Letters to the staff: an invitation, a new link, a forgotten password. Accounts cannot write mails; this room can."""
