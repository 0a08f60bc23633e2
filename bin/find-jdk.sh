# Sourced by the scripts of this project. Sets and exports JAVA_HOME to a JDK of version 21 or later,
# or ends the script with a line that says what is missing. JAVA_HOME wins, then PATH, then the usual folders.

jdk_version() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || { echo 0; return; }
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
    echo "${version:-0}"
}

find_jdk() {
    on_path=$(command -v javac 2>/dev/null) && on_path=$(readlink -f "$on_path") && on_path=${on_path%/bin/javac}
    for candidate in "${JAVA_HOME:-}" "${on_path:-}" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
            /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if [ -n "$candidate" ] && [ "$(jdk_version "$candidate")" -ge 21 ]; then
            JAVA_HOME=$candidate
            export JAVA_HOME
            return
        fi
    done
    echo "No JDK of version 21 or later was found: install one, or set JAVA_HOME to its folder." >&2
    exit 1
}

find_jdk
