#!/bin/sh
# Makes $BUILD/crawld_VERSION-1_ARCH.deb of what was built. No network, no root.
# DEBFULLNAME and DEBEMAIL name who answers for the package; DEB_COMPRESSION is dpkg-deb's -Z.
set -eu
cd "$(dirname "$0")/.."
version=$("$BUILD/crawld" --version | cut -d' ' -f2)-1
maintainer="${DEBFULLNAME:-the crawld authors} <${DEBEMAIL:-crawld@example.org}>"
architecture=$(dpkg --print-architecture)
work=$BUILD/deb
package=$BUILD/crawld_${version}_${architecture}.deb
rm -rf "$work"
mkdir -p "$work/root/DEBIAN" "$work/debian"
root=$work/root

# Debian keeps units of packages below /lib.
DESTDIR=$root prefix=/usr unitdir=/lib/systemd/system BUILD=$BUILD sh packaging/install.sh
strip --strip-unneeded --remove-section=.comment "$root/usr/bin/crawld" "$root/usr/libexec/crawld/crawld-parse"

install -D -m 644 config/crawld.example.yaml "$root/etc/crawld/crawld.yaml"
echo /etc/crawld/crawld.yaml >"$root/DEBIAN/conffiles"

doc=$root/usr/share/doc/crawld
{ cat packaging/deb/copyright; sed 's/^$/./; s/^/ /' LICENSE; } >"$doc/copyright"
gzip -9nc CHANGELOG.md >"$doc/changelog.gz"
printf 'crawld (%s) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- %s  %s\n' \
  "$version" "$maintainer" "$(date -R -r CHANGELOG.md)" | gzip -9nc >"$doc/changelog.Debian.gz"
chmod 644 "$doc/copyright" "$doc/changelog.gz" "$doc/changelog.Debian.gz"
install -d "$root/usr/share/lintian/overrides"
cat >"$root/usr/share/lintian/overrides/crawld" <<'END'
# Not for Debian's archive, so no bug asks for it.
crawld: initial-upload-closes-no-bugs
# Words of the web: "dissallow" in robots.txt, "autor" in bylines, HTML entities.
crawld: spelling-error-in-binary
END
chmod 644 "$root/usr/share/lintian/overrides/crawld"
for script in postinst prerm postrm; do
  install -m 755 "packaging/deb/$script" "$root/DEBIAN/$script"
done

# What the programs are linked with, in Debian's names.
depends='libc6'
if command -v dpkg-shlibdeps >/dev/null 2>&1; then
  printf 'Source: crawld\n\nPackage: crawld\nArchitecture: any\n' >"$work/debian/control"
  case $root in /*) here= ;; *) here=$(pwd)/ ;; esac
  depends=$(cd "$work" && dpkg-shlibdeps -O "$here$root/usr/bin/crawld" \
    "$here$root/usr/libexec/crawld/crawld-parse" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
  [ -n "$depends" ] || { echo "make deb: dpkg-shlibdeps found no libraries" >&2; exit 1; }
else
  echo "make deb: without dpkg-shlibdeps (package dpkg-dev) the dependencies are not named" >&2
fi
size=$(du -sk --apparent-size "$root" | cut -f1)
sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/" \
  -e "s/@MAINTAINER@/$maintainer/" \
  -e "s/@DEPENDS@/$depends/" packaging/deb/control >"$root/DEBIAN/control"
(cd "$root" && find usr lib etc -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
find "$root" -type d -exec chmod 755 {} +
dpkg-deb --root-owner-group "-Z${DEB_COMPRESSION:-xz}" --build "$root" "$package" >/dev/null
echo "$package"
