#!/usr/bin/env bash
# Puts real Jaeger, HotROD (its demo), Tempo, Loki, VictoriaLogs, Prometheus, Alertmanager, Zipkin, OpenSearch,
# Elasticsearch, ClickHouse's engine (chdb), Postgres, MySQL, an S3 server (Versity's gateway) and a Kubernetes API
# (kube-apiserver, etcd) into the cache: Prometheus, Postgres and MySQL from Debian's packages, what runs on Java from
# Maven Central, chdb from PyPI, the others from their Go modules, or out of their container images. What is there
# already stays. With cold caches on two cores: about seventeen minutes, and some more for VictoriaLogs and chdb. etcd,
# kube-apiserver, the S3 server and VictoriaLogs need Go; chdb needs Python; OpenSearch and Elasticsearch need Maven and a
# JDK of 17 or later. What lacks these is left out.
#   usage: test/backends/build.sh [FOLDER]        default ${SPANHOUND_BACKENDS:-~/.cache/spanhound/backends}
set -euo pipefail

folder=${1:-${SPANHOUND_BACKENDS:-$HOME/.cache/spanhound/backends}}
jaeger=v1.76.0 # the release that is also 2.13.0: tags of v2 cannot be addressed by the module's path
jaeger_image=jaegertracing/jaeger:2.13.0
loki=v3.7.8
# Tempo's tags of v2 cannot be addressed by the module's path, and the checksum database does not know the commits: this is
# one that Grafana itself requires (grafana/grafana at 00033edd; a Tempo between 2.6 and 2.7), with the sums of its go.sum.
tempo=v1.5.1-0.20241001135150-ed943d7a56b2
tempo_sums="github.com/grafana/tempo $tempo h1:XMreZ1SPjLpd9zhql5FXKFYwAcgBzS2E2MOPx4n+FyY=
github.com/grafana/tempo $tempo/go.mod h1:UKONJhBCxmL+0ri27VMledCVzZIJqnl6Ah24A5vCRzs="
tempo_image=grafana/tempo:2.7.2
loki_image=grafana/loki:3.7.8
etcd=v3.6.5
versitygw=v1.8.0
victorialogs=v1.52.1
chdb=4.4.0 # with ClickHouse 26.9
alertmanager=v0.35.0
zipkin=3.5.1
zipkin_sum=7ac633a6832647e71e50012a5e3e91fbc7054414955261724526030faf271d8d
# The last lines that run on Java 17, and whose HTTP server is published.
opensearch=2.19.6
elasticsearch=7.17.29
alertmanager_image=prom/alertmanager:v0.35.0
kubernetes=v1.36.3
prometheus_image=prom/prometheus:v2.42.0 # the version of Debian 12

mkdir -p "$folder"
folder=$(realpath "$folder")

# `go install module@version` refuses modules with replace directives, so we build from a module of our own: upstream's
# go.mod under another name, which requires upstream, and upstream's go.sum, which vouches for every dependency.
# Sums of its own are for a module that the checksum database does not know.
#   [sums=…] build MODULE VERSION PACKAGE…
build() {
  local module=$1 version=$2 work package
  shift 2
  work=$(mktemp -d)
  (
    cd "$work"
    export GOFLAGS=-mod=mod CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off
    local found gomod dir
    printf 'module spanhound.local/backends\n' >go.mod
    printf '%s\n' "${sums:-}" >go.sum
    found=$(go mod download -json "$module@$version")
    gomod=$(sed -n 's/.*"GoMod": "\(.*\)".*/\1/p' <<<"$found")
    dir=$(sed -n 's/.*"Dir": "\(.*\)".*/\1/p' <<<"$found")
    # Loki replaces its own push package by a folder that is not in the module's zip: the published one is required, too.
    sed -e 's#^module .*#module spanhound.local/backends#' -e '/^toolchain/d' -e '/=> *\.\/pkg\/push/d' "$gomod" >go.mod
    printf '\nrequire %s %s\n' "$module" "$version" >>go.mod
    { cat "$dir/go.sum"; printf '%s\n' "${sums:-}"; } >go.sum
    for package in "$@"; do
      # Written beside and moved: a build that is interrupted leaves no half a binary in the cache.
      go build -trimpath -ldflags='-s -w' -o "$folder/.$(basename "$package").new" "$module/$package"
      mv "$folder/.$(basename "$package").new" "$folder/$(basename "$package")"
      echo "built $(basename "$package")"
    done
  )
  rm -rf "$work"
}

# etcd's module lies in its repository's folder server, and its main package is the module itself.
build_etcd() {
  local work found dir
  work=$(mktemp -d)
  (
    cd "$work"
    export GOFLAGS=-mod=mod CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off
    found=$(go mod download -json "go.etcd.io/etcd/server/v3@$etcd")
    dir=$(sed -n 's/.*"Dir": "\(.*\)".*/\1/p' <<<"$found")
    printf 'module spanhound.local/backends\ngo 1.24\nrequire go.etcd.io/etcd/server/v3 %s\n' "$etcd" >go.mod
    cp "$dir/go.sum" go.sum
    chmod u+w go.sum
    go build -trimpath -ldflags='-s -w' -o "$folder/.etcd.new" go.etcd.io/etcd/server/v3
    mv "$folder/.etcd.new" "$folder/etcd"
    echo "built etcd"
  )
  rm -rf "$work"
}

# Kubernetes replaces its own staging modules by folders that are not in the module's zip: those published with the
# release are required instead. Its version is stamped in, else it calls itself v0.0.0 and refuses its own features.
build_kubernetes() {
  local work found dir staging=v0.${kubernetes#v1.} package=k8s.io/component-base/version
  work=$(mktemp -d)
  (
    cd "$work"
    export GOFLAGS=-mod=mod CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off
    found=$(go mod download -json "k8s.io/kubernetes@$kubernetes")
    dir=$(sed -n 's/.*"Dir": "\(.*\)".*/\1/p' <<<"$found")
    sed -e 's#^module .*#module spanhound.local/backends#' -e '/=> \.\/staging/d' -e '/^godebug/d' \
      -e "s#^\(\t\(k8s.io/[a-z0-9-]*\)\) v0.0.0\( \|\$\)#\1 $staging\3#" "$dir/go.mod" >go.mod
    printf '\nrequire k8s.io/kubernetes %s\n' "$kubernetes" >>go.mod
    cp "$dir/go.sum" go.sum
    chmod u+w go.sum
    go build -trimpath -o "$folder/.kube-apiserver.new" \
      -ldflags="-s -w -X $package.gitVersion=$kubernetes -X $package.gitMajor=1 -X $package.gitMinor=$(cut -d. -f2 <<<"$kubernetes")" \
      k8s.io/kubernetes/cmd/kube-apiserver
    mv "$folder/.kube-apiserver.new" "$folder/kube-apiserver"
    echo "built kube-apiserver"
  )
  rm -rf "$work"
}

# The module's zip lacks the pages that its release builds with Node. An empty page stands for each; the API needs none.
build_alertmanager() {
  local work found dir page
  work=$(mktemp -d)
  (
    cd "$work"
    export GOFLAGS=-mod=mod CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off
    found=$(go mod download -json "github.com/prometheus/alertmanager@$alertmanager")
    dir=$(sed -n 's/.*"Dir": "\(.*\)".*/\1/p' <<<"$found")
    cp -r "$dir" alertmanager
    chmod -R u+w alertmanager
    cd alertmanager
    for page in elm mantine; do
      mkdir -p "ui/app/dist/$page"
      printf '<!doctype html>\n' >"ui/app/dist/$page/index.html"
    done
    go build -trimpath -o "$folder/.alertmanager.new" \
      -ldflags="-s -w -X github.com/prometheus/common/version.Version=${alertmanager#v}" ./cmd/alertmanager
    mv "$folder/.alertmanager.new" "$folder/alertmanager"
    echo "built alertmanager"
  )
  rm -rf "$work"
}

# The binaries in these images are static: they run outside as well.
#   copy IMAGE NAME [PATH]
copy() {
  local container entry=${3:-}
  container=$(docker create "$1")
  [ -n "$entry" ] || entry=$(docker inspect --format '{{if .Config.Entrypoint}}{{index .Config.Entrypoint 0}}{{else}}{{index .Config.Cmd 0}}{{end}}' "$container")
  docker cp --follow-link "$container:$entry" "$folder/$2"
  docker rm "$container" >/dev/null
  echo "copied $2 from $1"
}

missing() { [ ! -x "$folder/$1" ]; }

# Unpacked and not installed: nothing of the machine changes, and no service starts.
unpack_prometheus() {
  local work
  work=$(mktemp -d)
  (
    cd "$work"
    apt-get -o Acquire::Retries=5 download -qq prometheus
    dpkg -x prometheus_*.deb .
    mv usr/bin/prometheus usr/bin/promtool "$folder/"
  )
  rm -rf "$work"
  echo "unpacked prometheus"
}

if missing prometheus || missing promtool; then
  if command -v apt-get >/dev/null && apt-get -o Acquire::Retries=5 update -qq && apt-cache show prometheus >/dev/null 2>&1; then
    unpack_prometheus
  elif docker info >/dev/null 2>&1; then
    copy "$prometheus_image" prometheus
    copy "$prometheus_image" promtool /bin/promtool
  else
    echo "There is neither Debian's package prometheus nor a Docker engine. Put the binary prometheus into $folder (https://prometheus.io/download)." >&2
    exit 2
  fi
fi

# Unpacked like it; it finds its own files beside itself.
unpack_postgres() {
  local work
  work=$(mktemp -d)
  (
    cd "$work"
    apt-get -o Acquire::Retries=5 download -qq postgresql-15 postgresql-client-15 libpq5
    mkdir tree
    for package in *.deb; do dpkg -x "$package" tree; done
    mv tree "$folder/postgres"
  )
  rm -rf "$work"
  echo "unpacked postgres"
}

if [ ! -d "$folder/postgres" ] && ! compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; then
  if command -v apt-get >/dev/null && apt-get -o Acquire::Retries=5 update -qq && apt-cache show postgresql-15 >/dev/null 2>&1; then
    unpack_postgres
  else
    echo "There is no Postgres in /usr/lib/postgresql and no Debian package postgresql-15. Install Postgres 13 or later there." >&2
    exit 2
  fi
fi

# MySQL is in Debian's unstable release alone. We read that release with lists of our own, and unpack the server with all
# libraries down to its C library: nothing of the machine changes.
unpack_mysql() {
  local work own package
  work=$(mktemp -d)
  (
    cd "$work"
    mkdir -p lists/partial cache/archives/partial new/tree
    touch installed
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian sid main\n' >sid.list
    own=(-o Dir::Etc::sourcelist="$work/sid.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$work/lists"
      -o Dir::State::status="$work/installed" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root -o Acquire::Retries=5)
    apt-get "${own[@]}" update -qq
    apt-get "${own[@]}" install -qq -y --download-only --no-install-recommends mysql-server-core
    for package in cache/archives/*.deb; do dpkg -x "$package" new/tree; done
    cat >new/mysqld <<'SCRIPT'
#!/bin/sh
tree=$(dirname "$0")/tree
lib=$tree/usr/lib/x86_64-linux-gnu
exec "$lib/ld-linux-x86-64.so.2" --library-path "$lib" "$tree/usr/sbin/mysqld" "$@"
SCRIPT
    chmod +x new/mysqld
    new/mysqld --version && mv new "$folder/mysql"
  )
  rm -rf "$work"
  [ -d "$folder/mysql" ] && echo "unpacked mysql"
}

if [ ! -d "$folder/mysql" ] && [ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ]; then
  unpack_mysql || echo "There is no MySQL in Debian's unstable release: its checks are left out." >&2
fi

# Runs where Java is; elsewhere its checks are left out.
fetch_zipkin() {
  local work jar=zipkin-server-$zipkin-exec.jar
  work=$(mktemp -d)
  if command -v mvn >/dev/null; then
    mvn -q -B dependency:copy -Dartifact="io.zipkin:zipkin-server:$zipkin:jar:exec" -DoutputDirectory="$work"
  else
    curl -fsSL -o "$work/$jar" "https://repo1.maven.org/maven2/io/zipkin/zipkin-server/$zipkin/$jar"
  fi
  echo "$zipkin_sum  $work/$jar" | sha256sum --check --quiet
  mv "$work/$jar" "$folder/zipkin.jar"
  rm -rf "$work"
  echo "fetched zipkin"
}

if [ ! -f "$folder/zipkin.jar" ] && command -v java >/dev/null; then fetch_zipkin; fi

# In an environment of its own.
install_chdb() {
  rm -rf "$folder/chdb"
  python3 -m venv "$folder/chdb"
  "$folder/chdb/bin/pip" install -q --disable-pip-version-check "chdb==$chdb"
  echo "installed chdb"
}

if [ ! -d "$folder/chdb" ] && command -v python3 >/dev/null; then install_chdb || rm -rf "$folder/chdb"; fi

# Maven Central has the parts of both, and no distribution that runs.
#   build_search_node PRODUCT VERSION LOG4J
build_search_node() {
  local parts=$folder/$1.new source
  source=$(dirname "${BASH_SOURCE[0]}")/search-node
  rm -rf "$parts"
  mvn -q -B -f "$source/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$parts" \
    -Dproduct="$1" -Dproduct.version="$2" -Dlog4j.version="$3"
  sed "s#org\.opensearch#org.$1#" "$source/SearchNode.java" >"$parts/SearchNode.java"
  javac -cp "$parts/*" -d "$parts" "$parts/SearchNode.java"
  mv "$parts" "$folder/$1"
  echo "built $1"
}

if command -v mvn >/dev/null && command -v javac >/dev/null; then
  if [ ! -d "$folder/opensearch" ]; then build_search_node opensearch "$opensearch" 2.25.4; fi
  if [ ! -d "$folder/elasticsearch" ]; then build_search_node elasticsearch "$elasticsearch" 2.17.1; fi
fi

if ! missing jaeger && ! missing hotrod && ! missing tempo && ! missing loki && ! missing etcd && ! missing kube-apiserver && ! missing versitygw && ! missing alertmanager && ! missing victoria-logs; then
  echo "all there: $folder"
elif command -v go >/dev/null; then
  if missing jaeger || missing hotrod; then build github.com/jaegertracing/jaeger "$jaeger" cmd/jaeger examples/hotrod; fi
  if missing tempo; then sums=$tempo_sums build github.com/grafana/tempo "$tempo" cmd/tempo; fi
  if missing loki; then build github.com/grafana/loki/v3 "$loki" cmd/loki; fi
  if missing etcd; then build_etcd; fi
  if missing kube-apiserver; then build_kubernetes; fi
  if missing versitygw; then build github.com/versity/versitygw "$versitygw" cmd/versitygw; fi
  if missing alertmanager; then build_alertmanager; fi
  if missing victoria-logs; then build github.com/VictoriaMetrics/VictoriaLogs "$victorialogs" app/victoria-logs; fi
elif docker info >/dev/null 2>&1; then
  if missing jaeger; then copy "$jaeger_image" jaeger; fi
  if missing tempo; then copy "$tempo_image" tempo; fi
  if missing loki; then copy "$loki_image" loki; fi
  if missing alertmanager; then copy "$alertmanager_image" alertmanager; fi
  if missing etcd || missing kube-apiserver; then
    echo "etcd and kube-apiserver are built with Go alone. Install Go 1.26.5 or later (https://go.dev/dl), or put both into $folder." >&2
    exit 2
  fi
else
  echo "There is neither go on PATH nor a Docker engine. Install Go 1.26.5 or later (https://go.dev/dl), or put the binaries jaeger, tempo, loki, alertmanager, etcd and kube-apiserver into $folder." >&2
  exit 2
fi
