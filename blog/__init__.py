"""Broadsheet: a self-hosted news blog. `create_app()` puts it together."""

from pathlib import Path

from flask import Flask
from flask_security import Security
from werkzeug.middleware.proxy_fix import ProxyFix

from blog import cli
from blog.accounts import security
from blog.accounts.forms import ForgottenForm, NewPasswordForm, OtherPasswordForm, SignInForm
from blog.accounts.mail import QuietMail
from blog.accounts.views import bp as accounts_bp
from blog.articles import bp as articles_bp
from blog.comments import bp as comments_bp
from blog.config import Settings, instance_folder, load_settings
from blog.dashboard import bp as dashboard_bp
from blog.extensions import babel, csrf, db, mail
from blog.feeds.views import bp as feeds_bp
from blog.flask_config import flask_config
from blog.models import Passkey, Role, Staff
from blog.web import (
    assets,
    converters,
    errors,
    filters,
    forgery,
    headers,
    language,
    rates,
    sessions,
    site_memory,
)
from blog.web.requests import Request


def create_app(settings: Settings | None = None, instance: Path | None = None) -> Flask:
    """Make the application. Without settings they are read from the environment and instance/.

    Raises SettingError when a setting cannot be used.
    """
    instance = instance or instance_folder()
    settings = settings or load_settings(instance)
    app = Flask(
        __name__,
        instance_path=str(instance),
        template_folder=str(assets.folder("templates")),
        static_folder=None,  # web/assets.py serves the files
    )
    app.config.from_mapping(flask_config(settings, instance))
    site_memory.init_app(app, settings)
    app.request_class = Request
    app.session_interface = sessions.QuietSessions()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _bind_extensions(app)
    headers.init_app(app, settings)
    rates.init_app(app, settings)
    for each in (assets, converters, errors, filters, language):
        each.init_app(app)
    for blueprint in (articles_bp, comments_bp, dashboard_bp, accounts_bp, feeds_bp):
        app.register_blueprint(blueprint)
    cli.init_app(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    babel.init_app(app)
    csrf.init_app(app)
    mail.init_app(app)
    Security(  # it keeps the state of the one application that it is bound to
        app,
        security.Store(db, Staff, Role, Passkey),
        login_form=SignInForm,
        forgot_password_form=ForgottenForm,
        reset_password_form=NewPasswordForm,
        change_password_form=OtherPasswordForm,
        two_factor_setup_form=security.SecondFactorForm,
        two_factor_rescue_form=security.NoRescueForm,
        wan_register_form=security.PasskeyForm,
        wan_register_response_form=security.NewPasskeyForm,
        mail_util_cls=QuietMail,
        totp_cls=security.Codes,
        mf_recovery_codes_util_cls=security.RecoveryCodes,
        webauthn_util_cls=security.Passkeys,
    )
    app.extensions["security"].want_json(lambda _request: False)  # the site speaks HTML
    security.init_app(app)
    # A session is the only proof of who somebody is: no token in an address, a header or a body.
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    sessions.init_app(app)
    forgery.init_app(app)  # asks who is signed in, so it comes after the sign-in
