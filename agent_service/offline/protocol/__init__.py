"""The Realtime protocol as data and pure rules: no sockets, no tasks, no clock."""
