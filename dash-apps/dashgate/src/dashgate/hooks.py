"""What Dash loads by itself (entry-point group dash_hooks)."""
