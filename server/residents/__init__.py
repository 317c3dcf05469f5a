"""People who receive: topics, subscriptions by channel, consent, leaving."""
