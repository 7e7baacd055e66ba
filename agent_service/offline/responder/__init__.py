"""The responder of the offline provider: chooses tools by meaning, fills their arguments by
code, says outcomes."""
