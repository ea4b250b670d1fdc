package dev.motorpool.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that the chart refuses: by its schema, or by a template with a message. */
@Tag("service")
class ChartRefusalsTest {

    /** Refused values, and a part of the message. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "replicaCount: 2 # replicaCount",
                "autoscaling: {enabled: true} # autoscaling",
                "topologySpreadConstraints: [{maxSkew: 1}] # topologySpreadConstraints",
                "store: {kind: postgres} # store",
                "no-such-value: 1 # no-such-value",
                "image: {pullPolicy: Sometimes} # pullPolicy",
                "image: {digest: latest} # digest",
                "pools: {threads: {kind: fiber, size: 1}} # kind",
                "pools: {more: {kind: thread}} # size",
                "pools: {threads: {size: 0}} # size",
                "pools: {coroutines: null} # coroutines",
                "pools: {threads: {colour: red}} # colour",
                "pools: {Threads: {kind: thread, size: 1}} # Threads",
                "pools: {threads: {threads-per-worker: 3}} # threads-per-worker",
                "pools: {threads: {sandbox: bubblewrap}} # sandbox",
                "pools: {processes: {network: false}} # sandbox",
                "settings: {runtimes: {ruby: {interpreter: x}}} # command",
                "settings: {no-such: 1} # no-such",
                "settings: {jobs: {baklog: 1}} # baklog",
                "settings: {dataDir: /x} # dataDir",
                "settings: {'webhooks.secrets': [x]} # webhooks.secrets",
                "settings: {fetch: {limit: much}} # limit",
                "settings: {http: {requests-per-caller: 0}} # requests-per-caller",
                "settings: {security: {keys: {ci: {sha256: [none], rights: [read]}}}} # sha256",
                "settings: null # settings",
                "webhooks: {secrets: whsec} # secrets",
                "webhooks: {receivers: {shop: {secrets: [x]}}} # origin",
                "extraEnv: [{value: x}] # name",
                "managementPort: 8080 # managementPort",
                "managementPort: 80 # managementPort",
                "tls: {enabled: true} # enabled",
                "shutdown: {grace: soon} # grace",
                "functions: {reload: never} # reload",
                "functions: {configMapRuntime: ruby} # configMapRuntime",
                "functions: {imageFolder: functions} # imageFolder",
                "functions: {git: x} # git",
                "persistence: {size: much} # size",
                "persistence: {accessModes: [ReadWriteMany]} # accessModes",
                "service: {port: 70000} # port",
                "ingress: {enabled: true, hosts: []} # hosts",
                "httpRoute: {enabled: true} # parentRefs",
                "podDisruptionBudget: {maxUnavailable: some} # maxUnavailable",
                "metrics: {serviceMonitor: {interval: often}} # interval",
                "metrics: {prometheusRule: {runbookUrl: docs/operations.md}} # runbookUrl",
                "pools: {threads: {size: 4097}} # size",
                "pools: {processes: {size: 4097}} # size",
                "pools: {coroutines: {size: 1000001}} # size",
                "pools: {threads: {queue-capacity: 10000001}} # queue-capacity",
                "pools: {processes: {threads-per-worker: 1025}} # threads-per-worker",
                "pools: {processes: {max-tasks-per-child: 2147483648}} # max-tasks-per-child",
                "pools: {threads: {default-timeout: 0}} # default-timeout",
                "pools: {threads: {max-timeout: 0}} # max-timeout",
                "pools: {threads: {initializer: {function: echo, args: '1'}}} # args",
                "pools: {threads: {initializer: {function: echo, kwargs: '[1]'}}} # kwargs",
                "settings: {http: {body-timeout: 0}} # body-timeout",
                "settings: {http: {answer-timeout: 0}} # answer-timeout",
                "settings: {http: {stream-idle: 0}} # stream-idle",
                "settings: {fetch: {timeout: 0}} # timeout",
                "settings: {jobs: {store-timeout: 0}} # store-timeout",
                "settings: {jobs: {backlog: 0}} # backlog",
                "settings: {webhooks: {connect-timeout: 0}} # connect-timeout",
                "settings: {webhooks: {answer-timeout: 0}} # answer-timeout",
                "settings: {worker: {start-timeout: 0}} # start-timeout",
                "settings: {http: {body-limit: 9999999999GB}} # body-limit",
                "settings: {runtimes: {java: {command: [java]}}} # java",
                "fullnameOverride: Foo_Bar # fullnameOverride",
                "fullnameOverride: 1st # fullnameOverride",
                "nameOverride: My App # nameOverride",
                "nameOverride: app- # nameOverride",
                "ingress: null # ingress",
                "probes: {startup: null} # startup",
                "httpRoute: {enabled: true, parentRefs: null, hostnames: [a]} # parentRefs",
                "resources: null # resources",
                "tmpSize: 0 # tmpSize",
                "persistence: {enabled: false, size: ''} # size",
            })
    void valuesThatAreRefused(String refused) {
        String[] parts = refused.split(" # ", 2);

        assertThatThrownBy(() -> Chart.template(parts[0])).hasMessageContaining(parts[1]);
    }

    /**
     * Settings that the chart's own probes, service and calculations rely on, and words of the message with the remedy.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application: {motorpool: {jobs: {backlog: 1}}} # use the value settings",
                "application: {'motorpool.jobs.backlog': 1} # use the value settings",
                "application: {server: {port: 1}} # service.port",
                "application: {'server.port': 1} # service.port",
                "application: {SERVER: {Port: 1}} # service.port",
                "application: {'[server]': {port: 1}} # service.port",
                "application: {server: {address: 127.0.0.1}} # networkPolicy",
                "application: {server: {ssl: {bundle: mine}}} # use the value tls",
                "application: {'server.ssl': {key-store: x}} # use the value tls",
                "application: {server: {servlet: {context-path: /x}}} # httpRoute",
                "application: {server: {'servlet.contextPath': /x}} # httpRoute",
                "application: {spring: {mvc: {servlet: {path: /x}}}} # httpRoute",
                "application: {spring: {ssl: {bundle: {pem: {motorpool: {}}}}}} # use the value tls",
                "application: {spring: {config: {import: 'file:/x'}}} # settings and application",
                "application: {spring: {main: {web-application-type: none}}} # never be ready",
                "application: {spring: {autoconfigure: {exclude: x}}} # goes without",
                "application: {management: {server: {port: 1}}} # use the value managementPort",
                "application: {management: {server: {ssl: {enabled: false}}}} # use the value managementPort",
                "application: {'management.server.base-path': /x} # use the value managementPort",
                "application: {management: {endpoints: {web: {base-path: /x}}}} # usual paths",
                "application: {management: {endpoints: {web: {exposure: {include: info}}}}} # usual paths",
                "application: {management: {endpoint: {health: {group: {readiness: {include: x}}}}}} # value probes",
                "application: {management: {'endpoint.health.probes.enabled': false}} # value probes",
                "application: {management: {endpoint: {prometheus: {access: none}}}} # as the service has them",
                "application: {server: {shutdown: immediate}} # value shutdown",
                "application: {spring: {lifecycle: {timeout-per-shutdown-phase: 5m}}} # terminationGraceSecondsExtra",
                "application: {management: {health: {livenessState: {enabled: false}}}} # value probes",
                "application: {server: {http2: {enabled: true}}} # HTTP/1.1",
                "application: {spring: {main: {lazy-initialization: true}}} # before it is ready",
                "application: {management: {prometheus: {metrics: {export: {enabled: false}}}}} # ask for the metrics",
                "application: {management: {metrics: {export: {prometheus: {enabled: false}}}}} # ask for the metrics",
                "application: {'management.defaults.metrics.export.enabled': false} # ask for the metrics",
                "extraEnv: [{name: SPRING_MAIN_LAZYINITIALIZATION, value: 'true'}] # before it is ready",
                "javaOptions: -Dserver.http2.enabled=true # HTTP/1.1",
                "extraEnv: [{name: MOTORPOOL_RUNTIMES_PYTHON_COMMAND, value: python3}] # settings.runtimes",
                "javaOptions: -Dmotorpool.default-pool.cpu=threads # settings.default-pool",
                "settings: {data-dir: /x} # /data",
                "settings: {pools: {}} # value pools",
                "settings: {shutdown: {grace: 1}} # value shutdown",
                "settings: {functions: {directory: /x}} # value functions",
                "extraEnv: [{name: MOTORPOOL_FUNCTIONS_RELOAD, value: manual}] # value functions",
                "functions: {image: one, configMap: two} # give one of them",
                "functions: {configMap: one, existingClaim: two} # give one of them",
                "functions: {image: one, existingClaim: two} # give one of them",
                "settings: {worker: {max-heap: 1GB}} # workerHeapMiB",
                "settings: {worker: {prepared: /x}} # the image",
                "settings: {webhooks: {secrets: [whsec_x]}} # webhooks.existingSecret",
                "settings: {webhooks: {receivers: {shop: {secrets: [x]}}}} # webhooks.existingSecret",
                "extraEnv: [{name: SERVER_PORT, value: '1'}] # service.port",
                "extraEnv: [{name: server.port, value: '1'}] # service.port",
                "extraEnv: [{name: SERVER_SERVLET_CONTEXTPATH, value: /x}] # httpRoute",
                "extraEnv: [{name: SERVER_SSL_BUNDLE, value: x}] # use the value tls",
                "extraEnv: [{name: MANAGEMENT_SERVER_PORT, value: '1'}] # use the value managementPort",
                "extraEnv: [{name: MANAGEMENT_ENDPOINTS_WEB_BASE_PATH, value: /x}] # usual paths",
                "extraEnv: [{name: SPRING_CONFIG_LOCATION, value: x}] # settings and application",
                "extraEnv: [{name: SPRING_CONFIG_ADDITIONAL_LOCATION, value: x}] # settings and application",
                "extraEnv: [{name: SPRING_APPLICATION_JSON, value: x}] # settings and application",
                "extraEnv: [{name: JDK_JAVA_OPTIONS, value: -Xmx1g}] # javaOptions",
                "extraEnv: [{name: JAVA_TOOL_OPTIONS, value: -Xmx1g}] # javaOptions",
                "extraEnv: [{name: MOTORPOOL_DATADIR, value: /x}] # /data",
                "extraEnv: [{name: MOTORPOOL_DATA_DIR, value: /x}] # /data",
                "extraEnv: [{name: MOTORPOOL_POOLS_THREADS_SIZE, value: '5'}] # value pools",
                "extraEnv: [{name: MOTORPOOL_SHUTDOWN_GRACE, value: '5'}] # value shutdown",
                "extraEnv: [{name: MOTORPOOL_WORKER_MAXHEAP, value: 1GB}] # workerHeapMiB",
                "extraEnv: [{name: MOTORPOOL_WEBHOOKS_SECRETS, value: x}] # webhooks.existingSecret",
                "javaOptions: -Xlog:gc -Dserver.port=1 # service.port",
                "javaOptions: -D'management.server.port=1' # use the value managementPort",
                "javaOptions: -Dmotorpool.data-dir=/x # /data",
                "javaOptions: -Xmx2g # heapMiB",
                "javaOptions: -XX:+UseZGC # collector",
                "javaOptions: '@/tmp/options' # write the options themselves",
                "webhooks: {existingSecret: x, secrets: [whsec_x]} # leave out webhooks.secrets",
            })
    void whatTheChartDecidesIsRefusedWithWhatToDoInstead(String refused) {
        String[] parts = refused.split(" # ", 2);

        assertThatThrownBy(() -> Chart.template(parts[0]))
                .hasMessageContaining("execution error")
                .hasMessageContaining(parts[1]);
    }

    @Test
    void noMessageTellsASecret() {
        assertThatThrownBy(() -> Chart.template("settings: {webhooks: {secrets: [whsec_dG9sZA==]}}"))
                .hasMessageNotContaining("dG9sZA");
        assertThatThrownBy(() -> Chart.template("webhooks: {secrets: [whsec_dG9sZA==], existingSecret: x}"))
                .hasMessageNotContaining("dG9sZA");
    }

    /** Names that only resemble refused ones. */
    @Test
    void theRestOfSpringBootsSettingsAreTaken() {
        String values = """
            application:
              logging: {level: {root: info, org.springframework.web: debug}}
              server: {tomcat: {max-connections: 5000}, max-http-request-header-size: 4KB}
              spring: {ssl: {bundle: {pem: {collector: {truststore: {certificate: /x}}}}}}
              management: {tracing: {sampling: {probability: 1}}}
              'management.opentelemetry.tracing.export.otlp.endpoint': http://collector:4318/v1/traces
            extraEnv:
              - {name: LOGGING_LEVEL_DEV_MOTORPOOL, value: debug}
              - {name: MOTORPOOL_JOBS_BACKLOG, value: "5"}
            javaOptions: -Dlogging.level.root=info -XX:MaxDirectMemorySize=64m
            """;

        assertThat(Manifest.one(Chart.template(values), "ConfigMap").text("data", "application.yaml"))
                .contains("max-connections: 5000", "org.springframework.web: debug", "port: 8080");
    }
}
