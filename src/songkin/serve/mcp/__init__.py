"""What assistants ask: six tools over one library, by the Model Context Protocol.

Every tool only reads. What a model gets wrong (an unknown song, a condition that cannot be read, too long a text) comes
back as a result marked as an error, with the line that says what to do instead; never as an error of the protocol.
"""

from songkin.serve.mcp.serving import server
from songkin.serve.mcp.transports import over_http, over_stdio

__all__ = ["over_http", "over_stdio", "server"]
