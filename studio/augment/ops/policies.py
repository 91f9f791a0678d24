"""Steps that choose other steps: groups, and the published policies."""
