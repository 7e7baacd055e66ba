"""Starlette endpoints: conversation socket, tickets, admin API, pages, health."""
