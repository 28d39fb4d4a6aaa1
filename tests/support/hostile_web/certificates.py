"""Certificates made by the openssl program: one good authority, and what is wrong with the others."""
import ssl
import subprocess
import time


def openssl(*arguments, folder):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


class Authority:
    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem", folder=folder)
        (folder / f"{name}.index").write_text("")
        (folder / f"{name}.cnf").write_text(
            f"[ca]\ndefault_ca=d\n[d]\ndatabase={name}.index\nnew_certs_dir=.\nrand_serial=yes\n"
            f"certificate={name}.pem\nprivate_key={name}.key\ndefault_md=sha256\npolicy=p\nunique_subject=no\n"
            "copy_extensions=copy\n[p]\ncommonName=supplied\n")

    def context(self, host, start_day=-1, end_day=10):
        """A server context with a certificate for `host`, valid between two days from now."""
        days = [time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + day * 86400))
                for day in (start_day, end_day)]
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={host}",
                "-addext", f"subjectAltName=DNS:{host}", "-keyout", f"{host}.key", "-out", f"{host}.csr",
                folder=self.folder)
        openssl("ca", "-batch", "-config", f"{self.name}.cnf", "-in", f"{host}.csr", "-out", f"{host}.pem",
                "-startdate", days[0], "-enddate", days[1], "-notext", folder=self.folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{host}.pem", self.folder / f"{host}.key")
        return context
