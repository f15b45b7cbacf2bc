"""How frames are written on the wires of adapters and gateways, a module each."""
