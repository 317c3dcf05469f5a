"""The ways out for a message: a real relay, the local catcher, memory. `contract` says what they have in common."""
