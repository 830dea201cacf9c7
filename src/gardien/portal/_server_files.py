"""The three configuration files of the embedded server; none of them ever says `trust`."""

from pathlib import Path

PORT = 5432
"""Names the socket's file only: the server listens on no network address."""

SUPERUSER = "gardien_superuser"
ROLES = (
    "gardien_owner",
    "gardien_app",
    "gardien_sweep",
    "gardien_network",
    "gardien_audit",
    "gardien_backup",
)

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": 60,
    # What is acknowledged is on the disk.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    # A portal on two cores, beside its web and job processes.
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "max_worker_processes": 4,
    "max_parallel_workers_per_gather": 1,
    # Deleted rows leave the tables' files within minutes, however few they are.
    "autovacuum_vacuum_threshold": 0,
    "autovacuum_vacuum_scale_factor": 0,
    # No personal value in the log: an ERROR can quote what was typed (log keeps LOG, FATAL
    # and PANIC only), as can a statement, a parameter, a DETAIL or a CONTEXT line.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_parameter_max_length": 0,
    "log_parameter_max_length_on_error": 0,
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "lc_messages": "C",
}

HBA = "local all all peer map=gardien\n"


def write(folder: Path, *, database_files: Path, socket: Path, users: set[str]) -> None:
    """Write the files into `folder`, which belongs to the portal: the server only reads it.

    `users` are the names of the operating system's users that may take any role.
    """
    settings = SETTINGS | {
        "data_directory": str(database_files),
        "unix_socket_directories": f'"{socket}"',
    }
    lines = [f"{name} = {_quoted(value)}\n" for name, value in settings.items()]
    maps = [f'gardien "{user}" {role}\n' for user in sorted(users) for role in (SUPERUSER, *ROLES)]
    folder.mkdir(mode=0o755, exist_ok=True)
    folder.chmod(0o755)
    _replace(folder / "postgresql.conf", "".join(lines))
    _replace(folder / "pg_hba.conf", HBA)
    _replace(folder / "pg_ident.conf", "".join(maps))


def _quoted(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace("'", "''")
    return f"'{text}'"


def _replace(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.chmod(0o644)
    fresh.replace(path)
