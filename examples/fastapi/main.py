from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse

from shared_login import HANDLERS, user

app = FastAPI(exception_handlers=HANDLERS)


@app.get("/", response_class=HTMLResponse)
def home():
    return 'Open to all. <a href="/private">Mine</a> <form method="post" action="/greet"><button>Greet</button></form>'


# Plain text, because a name may contain anything. Your templates escape it.
@app.get("/private", response_class=PlainTextResponse)
def private(claims=Depends(user)):
    return f"Hello, {claims['user_first_name']}."


@app.post("/greet", response_class=PlainTextResponse)
def greet(claims=Depends(user)):
    return f"{claims['user_first_name']} greets you."


app.get("/api/me")(user)
app.get("/healthz", response_class=PlainTextResponse)(lambda: "ok")
