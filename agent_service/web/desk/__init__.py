"""The desk: pages for the team, made on the server; what they need of script is small and ours."""
