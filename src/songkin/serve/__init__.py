"""Where people and programs come in. Everything here translates and calls `Library`; nothing here decides."""
