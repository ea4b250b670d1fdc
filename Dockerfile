# syntax=docker/dockerfile:1

# Targets: motorpool (the default; Java and programs), motorpool-python, motorpool-node, motorpool-all (both).

# Temurin 25.0.4.1. Base images are named by digest, so that a build is the same tomorrow. To renew them:
#   docker buildx imagetools inspect eclipse-temurin:25-jdk   (and 25-jre, and node:22-bookworm-slim)
# or build with others: --build-arg JDK=... --build-arg JRE=... --build-arg NODE=...
ARG JDK=eclipse-temurin:25-jdk@sha256:8c0a84ea11c8f6ed52600fc19f1040121f2a162998e9f50a5faebbbad9172dcc
ARG JRE=eclipse-temurin:25-jre@sha256:fcd7fd7b387f94bb2ac461478a7436ad8e349924c374ea8313919624dceae636
# Only its program node is used.
ARG NODE=node:22-bookworm-slim@sha256:43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c

# Builds from source, with the wrapper's Maven on the image's JDK.
FROM $JDK AS build
WORKDIR /source
COPY mvnw pom.xml openapi.yaml ./
COPY .mvn .mvn
COPY src/main src/main
# Maven's home is no user's: settings.xml, the repository and the wrapper's Maven are in /build/.m2, whoever builds.
ENV MAVEN_USER_HOME=/build/.m2 MAVEN_OPTS=-Duser.home=/build
RUN --mount=type=cache,target=/build/.m2 \
    ./mvnw --batch-mode --no-transfer-progress -Dmaven.test.skip=true package
# A wrong option of the tool does not fail it: look at what came out.
RUN java -Djarmode=tools -jar target/motorpool.jar extract --layers --destination out \
    && test -s out/application/motorpool.jar \
    && test -n "$(ls out/dependencies/lib)"

FROM $JRE AS service
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Motorpool" \
      org.opencontainers.image.description="Runs functions for HTTP clients in pools of processes, threads and coroutines" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.licenses="Apache-2.0"

# An init: a JVM as process 1 would leave processes that have lost their parent as zombies.
RUN apt-get update && apt-get install --yes --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/motorpool
# What changes least comes first.
COPY --from=build /source/out/dependencies/ ./
COPY docker/health docker/train ./
COPY --from=build /source/out/application/ ./

# The caches are made where, and by the JVM by which, they are used; nothing of /opt is written afterwards.
ENV MOTORPOOL_WORKER_PREPARED=/opt/motorpool/worker
RUN ./train -XX:+UseG1GC \
    && rm train \
    && test -s service.aot \
    && ls worker/*/worker.aot worker/*/worker.aot.sha256 worker/*/functions.json \
    && chmod -R a+rX /opt/motorpool \
    && install -d -o 10001 -g 10001 -m 0750 /data \
    && install -d /functions

ENV MOTORPOOL_DATADIR=/data MOTORPOOL_FUNCTIONS_DIRECTORY=/functions
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s --retries=3 CMD ["/opt/motorpool/health"]
# The init is process 1 and passes signals on to the JVM. More options for it: JDK_JAVA_OPTIONS.
ENTRYPOINT ["/usr/bin/tini", "-s", "--", "java", "-XX:AOTCache=/opt/motorpool/service.aot", "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError", "-jar", "/opt/motorpool/motorpool.jar"]

FROM $NODE AS node

# With Python, venv for packages that functions need, and bubblewrap for pools with a sandbox.
FROM service AS motorpool-python
USER 0
RUN apt-get update && apt-get install --yes --no-install-recommends bubblewrap python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001

FROM service AS motorpool-node
USER 0
RUN apt-get update && apt-get install --yes --no-install-recommends bubblewrap && rm -rf /var/lib/apt/lists/*
COPY --from=node /usr/local/bin/node /usr/local/bin/
USER 10001:10001

FROM motorpool-python AS motorpool-all
COPY --from=node /usr/local/bin/node /usr/local/bin/

# The last one is what is built where no target is named.
FROM service AS motorpool
