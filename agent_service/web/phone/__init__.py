"""Where carriers ask what to do with a call: signed webhooks, answered with a media socket."""
