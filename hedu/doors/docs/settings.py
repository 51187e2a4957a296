"""The environment variables the site reads -> their reference."""

from __future__ import annotations

from hedu.doors.docs.markdown import code, page, table

# name: (default, zh, en). A house test compares the names with those the code reads.
SETTINGS = {
    "HEDU_HOME": ("var", "数据文件夹：网站数据库、仓库、附件与密钥都在其中", "Data folder: site database, warehouse, uploads and key"),
    "HEDU_NAME": ("合度", "网站名称", "Name of the site"),
    "HEDU_DEMO": ("", "`1` 为演示模式：登录页可一键选择演示用户", "`1` is demo mode: demo users are one click away"),
    "HEDU_ENGINE": ("duckdb:///<HEDU_HOME>/warehouse", "指标所查询的引擎", "The engine that questions run on"),
    "HEDU_DATABASE_URL": ("", "网站自身的数据库；留空用 SQLite，或 `postgresql://…`", "The site's own database; SQLite unless `postgresql://…`"),
    "HEDU_SECRET_KEY": ("", "签名密钥；留空则首次启动时生成并存入数据文件夹", "Signing key; made at first start and kept in the data folder if empty"),
    "HEDU_HOSTS": ("localhost,127.0.0.1,[::1]", "允许的主机名，逗号分隔", "Host names to answer to, separated by commas"),
    "HEDU_ORIGINS": ("", "反向代理后可信的来源，如 `https://kpi.example.com`", "Trusted origins behind a proxy, e.g. `https://kpi.example.com`"),
    "HEDU_HTTPS": ("", "`1` 表示经由 HTTPS 访问：Cookie 只走加密连接，并启用 HSTS", "`1` when reached over HTTPS: secure cookies and HSTS"),
    "HEDU_TIME_ZONE": ("Asia/Shanghai", "网站显示时间所用的时区", "Time zone that pages show times in"),
    "HEDU_OIDC": ("", "单点登录提供方的名字，逗号分隔；各自另设 `HEDU_OIDC_<名字>_URL`、`_ID`、`_SECRET`、`_LABEL`", "Names of sign-in providers, separated by commas; each has `HEDU_OIDC_<NAME>_URL`, `_ID`, `_SECRET`, `_LABEL`"),
    "HEDU_URL": ("", "网站对外的地址，如 `https://hedu.example.com`；写进发出的消息里的链接用它", "The site's public address, e.g. `https://hedu.example.com`; links in messages that leave the site begin with it"),
    "HEDU_SMTP": ("", "发信服务器，如 `smtp://用户:密码@主机:587`（`smtps://` 为全程加密）；不设则不发邮件", "Mail server, e.g. `smtp://name:password@host:587` (`smtps://` for TLS from the start); no mail without it"),
    "HEDU_MAIL_FROM": ("hedu@localhost", "发件地址", "Address that mail comes from"),
    "HEDU_SUPERVISOR": ("", "由 `hedu serve` 自己设置：网页进程随它一起结束", "Set by `hedu serve` itself: web processes end with it"),
    "HEDU_WORKERS": ("", "网页进程数，默认不超过 2", "Web processes; at most 2 by default"),
    "HEDU_THREADS": ("8", "每个网页进程的线程数", "Threads of each web process"),
    "HEDU_JOBS": ("1", "`0` 表示 `hedu serve` 不启动后台进程（另有机器运行 `python -m hedu.doors.work`）", "`0`: `hedu serve` starts no worker (another machine runs `python -m hedu.doors.work`)"),
    "HEDU_LOG": ("WARNING", "日志级别", "Log level"),
    "HEDU_CACHE": ("~/.cache/hedu", "记住已解析口径的文件夹，`off` 为不记", "Folder where resolved definitions are kept between starts; `off` keeps none"),
    "HEDU_USER": ("", "命令行以谁的身份操作网站数据", "Who the command line acts as on a site"),
    "HEDU_LANG": ("zh", "命令行的语言：`zh` 或 `en`", "Language of the command line: `zh` or `en`"),
    "HEDU_TEST_DATA": ("../shared/data", "测试所用公共数据集的文件夹", "Folder of the data sets that tests use"),
    "HEDU_LAW_EXAMPLES": ("500", "定律测试随机提问的次数", "Random questions that the law tests ask"),
    "HEDU_STORIES_URL": ("", "浏览器故事改用已在运行的演示站点", "A running demo site for the browser stories to use"),
    "HEDU_THOROUGH": ("", "`1` 让定律测试多试许多例", "`1` makes the law tests try many more examples"),
}  # fmt: skip


def settings_page() -> str:
    """Every setting with its default."""
    intro = (
        "全部设置都来自环境变量；不设也能运行。\n\n"
        "Every setting is an environment variable, and none is needed to start."
    )
    rows = [(code(name), code(default), zh, en) for name, (default, zh, en) in SETTINGS.items()]
    return page("设置 · Settings", intro, table(("名称 · Name", "默认 · Default", "说明", "Meaning"), rows))
