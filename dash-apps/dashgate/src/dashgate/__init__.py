"""Makes a Plotly Dash app safe behind the Dashgate gateway."""
