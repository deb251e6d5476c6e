from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse

from shared_login import log_in_first, user

app = FastAPI(exception_handlers={401: log_in_first})


@app.get("/", response_class=HTMLResponse)
def home():
    return 'Open to all. <a href="/private">Mine</a>'


# Plain text, because a name may contain anything. Your templates escape it.
@app.get("/private", response_class=PlainTextResponse)
def private(claims=Depends(user)):
    return f"Hello, {claims['user_first_name']} {claims['user_last_name']}."


app.get("/api/me")(user)
app.get("/healthz", response_class=PlainTextResponse)(lambda: "ok")
