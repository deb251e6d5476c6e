import express from "express";
import { loginRequired, sharedLogin } from "./shared-login.js";

const app = express().disable("x-powered-by");

app.get("/healthz", (req, res) => res.type("text").send("ok"));
app.use(sharedLogin);
app.get("/", (req, res) => res.send('Open to all. <a href="/private">Mine</a> <form method="post" action="/greet"><button>Greet</button></form>'));
// Plain text, because a name may contain anything. Your templates escape it.
app.get("/private", loginRequired, ({ user }, res) => res.type("text").send(`Hello, ${user.user_first_name}.`));
app.post("/greet", loginRequired, ({ user }, res) => res.type("text").send(`${user.user_first_name} greets you.`));
app.get("/api/me", loginRequired, (req, res) => res.json(req.user));

const [host, port] = (process.env.LISTEN || "127.0.0.1:8004").split(":");
app.listen(port, host, () => console.log("Listening on %s:%s: open %s/private", host, port, process.env.SERVICE_URL));
