from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from support import PREFIX, callback_body

README = Path(__file__).parents[2] / "README.md"


def test_the_example_of_the_readme_runs(make_app, gateway, headers):
    example = re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL)[1]
    frame = pd.DataFrame({"line_of_business": ["Home", "Auto", "Auto"], "paid": [5, 1000, 2500]})
    gateway.put_frame("globex", "triangles", frame)
    module = {"__name__": "example"}
    exec(compile(example, str(README), "exec"), module)
    client = module["server"].test_client()
    title, line, _ = client.get(PREFIX + "_dash-layout", headers=headers("globex")).json["props"][
        "children"
    ]
    assert title["props"]["children"] == "Globex"
    assert line["props"]["options"] == ["Auto", "Home"]
    body = callback_body("paid.children", "Auto", "line")
    path = PREFIX + "_dash-update-component"
    shown = client.post(path, json=body, headers=headers("globex")).json
    assert shown["response"]["paid"]["children"] == "2,500 paid"
    made_up = callback_body("paid.children", "Aviation", "line")
    assert client.post(path, json=made_up, headers=headers("globex")).status_code == 403
