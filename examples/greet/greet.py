def greet(name, *, greeting="Hello"):
    """Greets somebody, or something."""
    return f"{greeting}, {name}!"
