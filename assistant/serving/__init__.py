"""How other programs reach our tools over a network: MCP, REST, the AI Platform and its gateway. It takes no part in
the dialogue.
"""
