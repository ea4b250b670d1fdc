{{/*
Settings that the chart decides, or that its probes and services rely on, and what there is instead. All that begins with
one of these names is refused, however it is spelt.
*/}}
{{- define "motorpool.reserved" -}}
- {name: motorpool.data-dir, instead: "the volume is at /data"}
- {name: motorpool.pools, instead: "use the value pools, of which the pod's memory is reckoned"}
- {name: motorpool.functions, instead: "use the value functions; the directory is /functions"}
- {name: motorpool.shutdown, instead: "use the value shutdown, of which the pod's grace period is made"}
- {name: motorpool.worker.max-heap, instead: "use the value workerHeapMiB, of which the pod's memory is reckoned"}
- {name: motorpool.worker.prepared, instead: "the image says where its workers' program is"}
- {name: motorpool.webhooks.secrets, instead: "use webhooks.secrets or webhooks.existingSecret, which are kept in a Secret"}
- {name: motorpool.webhooks.receivers, instead: "use webhooks.receivers or webhooks.existingSecret, which are kept in a Secret"}
- {name: server.port, instead: "the container listens on 8080; what clients call is the value service.port"}
- {name: server.address, instead: "the container listens on all its addresses; the value networkPolicy says who may call"}
- {name: server.ssl, instead: "use the value tls"}
- {name: server.shutdown, instead: "use the value shutdown, of which the pod's grace period is made"}
- {name: spring.lifecycle, instead: "use the values shutdown and terminationGraceSecondsExtra, of which the pod's grace period is made"}
- {name: server.http2, instead: "streams are read and written as HTTP/1.1 has them, and the limits count connections"}
- {name: server.servlet, instead: "the paths of the service are fixed; let ingress or httpRoute map others to them"}
- {name: spring.ssl.bundle.pem.motorpool, instead: "use the value tls, which makes this bundle"}
- {name: spring.mvc.servlet.path, instead: "the paths of the service are fixed; let ingress or httpRoute map others to them"}
- {name: spring.config, instead: "the chart says where the configuration is; use the values settings and application"}
- {name: spring.profiles, instead: "use the values settings and application"}
- {name: spring.application.json, instead: "use the values settings and application"}
- {name: spring.main.web-application-type, instead: "without its web server the pod would never be ready"}
- {name: spring.main.lazy-initialization, instead: "the service finds its faults and starts its workers before it is ready"}
- {name: spring.autoconfigure, instead: "the service says itself what it goes without"}
- {name: management.server, instead: "use the value managementPort, and tls"}
- {name: management.endpoints, instead: "the probes and Prometheus ask for the actuator's usual paths; use the value managementPort to keep it apart"}
- {name: management.endpoint.health, instead: "the probes ask for health as the service tells it; use the value probes for their times"}
- {name: management.endpoint, instead: "the probes and Prometheus ask for the endpoints as the service has them"}
- {name: management.prometheus, instead: "Prometheus, its alerts and the dashboards ask for the metrics as the service has them"}
- {name: management.metrics.export, instead: "Prometheus, its alerts and the dashboards ask for the metrics as the service has them"}
- {name: management.defaults.metrics.export, instead: "Prometheus, its alerts and the dashboards ask for the metrics as the service has them"}
- {name: management.health, instead: "the probes ask for health as the service tells it; use the value probes for their times"}
{{- end }}

{{/* What settings have, and nobody else may give: the chart compares it with other values. */}}
{{- define "motorpool.compared" -}}
- {name: motorpool.runtimes, instead: "use settings.runtimes, which pools are compared with"}
- {name: motorpool.default-pool, instead: "use settings.default-pool, which is compared with the pools"}
{{- end }}

{{/* A name without what Spring Boot does not look at: case, and what stands between words. */}}
{{- define "motorpool.uniform" -}}
{{- regexReplaceAll "[^a-z0-9]" (lower .) "" }}
{{- end }}

{{/*
Fails if the name is of a setting that is reserved. Takes a dict: name; place, which is what its giver wrote; and perhaps
compared, if what is compared is reserved there, too.
*/}}
{{- define "motorpool.refuseReserved" -}}
{{- $name := include "motorpool.uniform" .name }}
{{- $compared := ternary (include "motorpool.compared" . | fromYamlArray) list (not (empty .compared)) }}
{{- range concat (include "motorpool.reserved" . | fromYamlArray) $compared }}
{{- if hasPrefix (include "motorpool.uniform" .name) $name }}
{{- fail (printf "%s cannot be given here: %s." $.place .instead) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The same for all names of a tree. Takes a dict: tree, name of its root (perhaps empty), and place. */}}
{{- define "motorpool.refuseReservedOfTree" -}}
{{- if and (kindIs "map" .tree) .tree }}
{{- range $name, $value := .tree }}
{{- include "motorpool.refuseReservedOfTree" (dict "tree" $value "name" (printf "%s.%s" $.name $name) "place" (printf "%s.%s" $.place $name)) }}
{{- end }}
{{- else }}
{{- include "motorpool.refuseReserved" (dict "name" .name "place" .place) }}
{{- end }}
{{- end }}

{{/* Names of variables that the JVM looks at itself. */}}
{{- define "motorpool.refuseVariable" -}}
{{- if has . (list "JDK_JAVA_OPTIONS" "JAVA_TOOL_OPTIONS" "_JAVA_OPTIONS" "JDK_AOT_VM_OPTIONS") }}
{{- fail (printf "extraEnv: %s cannot be given here: use the value javaOptions, and heapMiB for the heap." .) }}
{{- end }}
{{- include "motorpool.refuseReserved" (dict "name" . "place" (printf "extraEnv: %s" .) "compared" true) }}
{{- end }}

{{- define "motorpool.refuseOption" -}}
{{- if regexMatch "^-(Xmx|XX:MaxHeapSize=)" . }}
{{- fail (printf "javaOptions: %s cannot be given here: use the value heapMiB, of which the pod's memory is reckoned." .) }}
{{- else if regexMatch "^-XX:[+-]Use[A-Za-z]*GC$" . }}
{{- fail (printf "javaOptions: %s cannot be given here: the image starts from a cache that was made with its own collector." .) }}
{{- else if hasPrefix "@" . }}
{{- fail (printf "javaOptions: %s cannot be given here: write the options themselves." .) }}
{{- else if hasPrefix "-D" . }}
{{- $name := regexFind "^[^=]*" (trimPrefix "-D" .) }}
{{- include "motorpool.refuseReserved" (dict "name" $name "place" (printf "javaOptions: -D%s" $name) "compared" true) }}
{{- end }}
{{- end }}

{{/* Labels by which the chart's objects, and Helm, find others. Takes a dict: labels, and place. */}}
{{- define "motorpool.refuseLabels" -}}
{{- range list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/managed-by" "motorpool.dev/scrape" }}
{{- if hasKey (default dict $.labels) . }}
{{- fail (printf "%s: %s cannot be given here: the chart finds its objects by it; the value nameOverride and the release's name make the names." $.place .) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Fails if values say what only the chart can say, or contradict one another. */}}
{{- define "motorpool.refusals" -}}
{{- include "motorpool.refuseReservedOfTree" (dict "tree" .Values.settings "name" "motorpool" "place" "settings") }}
{{- include "motorpool.refuseReservedOfTree" (dict "tree" .Values.application "name" "" "place" "application") }}
{{- range $name, $value := .Values.application }}
{{- if hasPrefix "motorpool" (include "motorpool.uniform" $name) }}
{{- fail (printf "application.%s cannot be given here: use the value settings." $name) }}
{{- end }}
{{- end }}
{{- include "motorpool.refuseLabels" (dict "labels" .Values.commonLabels "place" "commonLabels") }}
{{- include "motorpool.refuseLabels" (dict "labels" .Values.podLabels "place" "podLabels") }}
{{- range .Values.extraEnv }}
{{- include "motorpool.refuseVariable" .name }}
{{- end }}
{{- range regexSplit "\\s+" (.Values.javaOptions | default "" | replace "\"" "" | replace "'" "" | trim) -1 }}
{{- include "motorpool.refuseOption" . }}
{{- end }}
{{- if and .Values.webhooks.existingSecret (or .Values.webhooks.secrets .Values.webhooks.receivers) }}
{{- fail "webhooks.existingSecret holds all secrets of webhooks: leave out webhooks.secrets and webhooks.receivers." }}
{{- end }}
{{- $functions := .Values.functions }}
{{- if gt (len (compact (list $functions.image $functions.configMap $functions.existingClaim))) 1 }}
{{- fail "functions.image, functions.configMap and functions.existingClaim are places that functions come from: give one of them." }}
{{- end }}
{{- include "motorpool.contradictions" . }}
{{- end }}
