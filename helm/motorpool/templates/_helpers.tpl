{{- define "motorpool.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Short enough for what is appended to it. */}}
{{- define "motorpool.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 46 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 46 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 46 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "motorpool.selectorLabels" -}}
app.kubernetes.io/name: {{ include "motorpool.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/*
Labels of an object, each once: the chart's, under them those of all objects, under them its own. Takes a dict: root, and
perhaps labels. The refusals see to it that nobody gives those that the chart finds its objects by.
*/}}
{{- define "motorpool.labels" -}}
{{- $chart := dict
  "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/version" .root.Chart.AppVersion
  "app.kubernetes.io/component" "service"
  "app.kubernetes.io/part-of" "motorpool"
  "app.kubernetes.io/managed-by" .root.Release.Service }}
{{- $selector := include "motorpool.selectorLabels" .root | fromYaml }}
{{- toYaml (mergeOverwrite $chart (default dict .root.Values.commonLabels) (default dict .labels) $selector) }}
{{- end }}

{{/* Name, namespace, labels and annotations. Takes a dict: root, suffix, and perhaps labels and annotations. */}}
{{- define "motorpool.metadata" -}}
name: {{ include "motorpool.fullname" .root }}{{ .suffix }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "motorpool.labels" . | nindent 2 }}
{{- with merge (dict) (default dict .annotations) (default dict .root.Values.commonAnnotations) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "motorpool.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "motorpool.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "motorpool.secretName" -}}
{{- default (printf "%s-keys" (include "motorpool.fullname" .)) .Values.keys.existingSecret }}
{{- end }}

{{- define "motorpool.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/*
What the whole needs at most, in MiB: the service's heap and 256 beside it; and of each worker's JVM its heap, 64 beside it,
and an eighth for each thread after the first: of the stack, which may have 512 KiB, calls that are not deep touch 92.
*/}}
{{- define "motorpool.memoryMiB" -}}
{{- $heap := .Values.workerHeapMiB | default 256 | int }}
{{- $slot := ternary 0 4 (not (empty .Values.workerHeapMiB)) }}
{{- $all := add (.Values.heapMiB | int) 256 }}
{{- range $name, $pool := .Values.pools }}
{{- $size := $pool.size | int }}
{{- if eq $pool.kind "coroutine" }}
{{- $all = add $all $heap 64 (div (mul $slot $size) 1024) }}
{{- else }}
{{- $process := eq $pool.kind "process" }}
{{- $workers := ternary $size 1 $process }}
{{- $more := sub (ternary (get $pool "threads-per-worker" | default 1 | int) $size $process) 1 }}
{{- $all = add $all (mul $workers (add $heap 64 (mul $slot $more) (div (add $more 7) 8))) }}
{{- end }}
{{- end }}
{{- $all }}
{{- end }}

{{/* A quantity as text, whether it was given as one or as a number. */}}
{{- define "motorpool.quantity" -}}
{{- ternary . (toJson .) (kindIs "string" .) }}
{{- end }}

{{/* A quantity in thousandths, to compare it with others. */}}
{{- define "motorpool.thousandths" -}}
{{- $text := include "motorpool.quantity" . }}
{{- $units := dict "m" 1 "" 1000 "k" 1e6 "M" 1e9 "G" 1e12 "T" 1e15 "Ki" 1024e3 "Mi" 1048576e3 "Gi" 1073741824e3 "Ti" 1099511627776e3 }}
{{- $number := regexFind "^[0-9.]+" $text }}
{{- mulf (float64 $number) (float64 (get $units (trimPrefix $number $text))) }}
{{- end }}

{{/*
What the container may have of the node's storage, in MiB: /tmp, and 768 for what it prints and for the rest; the copy of
functions from an image; and without a claim its data.
*/}}
{{- define "motorpool.ephemeralMiB" -}}
{{- $all := addf 768 (divf (float64 (include "motorpool.thousandths" .Values.tmpSize)) 1048576e3) }}
{{- if .Values.functions.image }}
{{- $all = addf $all (divf (float64 (include "motorpool.thousandths" .Values.functions.size)) 1048576e3) }}
{{- end }}
{{- if not .Values.persistence.enabled }}
{{- $all = addf $all (divf (float64 (include "motorpool.thousandths" .Values.persistence.size)) 1048576e3) }}
{{- end }}
{{- ceil $all | int64 }}
{{- end }}

{{/*
Requests and limits, with what the chart reckons where nothing is given. Kubernetes takes no request above its limit: where
one of the two is given, the other gives way; where both are, they must fit.
*/}}
{{- define "motorpool.resources" -}}
{{- $memory := printf "%sMi" (include "motorpool.memoryMiB" .) }}
{{- $requests := dict "cpu" "1" "memory" $memory "ephemeral-storage" "64Mi" }}
{{- $limits := dict "cpu" "2" "memory" $memory "ephemeral-storage" (printf "%sMi" (include "motorpool.ephemeralMiB" .)) }}
{{- $ours := dict "requests" $requests "limits" $limits }}
{{- $all := dict "requests" dict "limits" dict }}
{{- range $part, $given := dict "requests" (default dict .Values.resources.requests) "limits" (default dict .Values.resources.limits) }}
{{- range $name, $value := merge (dict) $given (dict "memory" "") }}
{{- with default (get (get $ours $part) $name) $value }}
{{- $_ := set (get $all $part) $name (include "motorpool.quantity" .) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $name, $request := deepCopy $all.requests }}
{{- $limit := get $all.limits $name }}
{{- if and $limit (gt (include "motorpool.thousandths" $request | float64) (include "motorpool.thousandths" $limit | float64)) }}
{{- if not (get (default dict $.Values.resources.requests) $name) }}
{{- $_ := set $all.requests $name $limit }}
{{- else if not (get (default dict $.Values.resources.limits) $name) }}
{{- $_ := set $all.limits $name $request }}
{{- else }}
{{- fail (printf "resources.requests.%s is above resources.limits.%s: Kubernetes takes no such pod." $name $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- toYaml $all }}
{{- end }}

{{/* Seconds from the pod's order to end until it is killed: the drain, and what Spring and the store need after it. */}}
{{- define "motorpool.graceSeconds" -}}
{{- add (.Values.preStopSeconds | int) (ceil .Values.shutdown.refuse | int) (ceil .Values.shutdown.grace | int) (.Values.terminationGraceSecondsExtra | int) }}
{{- end }}

{{/* The service's configuration file. What the chart decides wins over settings and application. */}}
{{- define "motorpool.configuration" -}}
{{- include "motorpool.refusals" . }}
{{- $given := deepCopy .Values.settings }}
{{- $decided := dict
  "data-dir" "/data"
  "functions" (dict "directory" "/functions" "reload" .Values.functions.reload)
  "pools" .Values.pools
  "shutdown" .Values.shutdown }}
{{- with .Values.workerHeapMiB }}
{{- $_ := set $decided "worker" (dict "max-heap" (printf "%dMB" (. | int))) }}
{{- end }}
{{- $server := dict "address" "0.0.0.0" "port" 8080 }}
{{- if or .Values.ingress.enabled .Values.httpRoute.enabled }}
{{- $_ := set $server "forward-headers-strategy" "native" }}
{{- end }}
{{- $all := dict "motorpool" (mergeOverwrite $given $decided) "server" $server }}
{{- if .Values.tls.existingSecret }}
{{- $_ := set $server "ssl" (dict "bundle" "motorpool") }}
{{- $keystore := dict "certificate" "/etc/motorpool/tls/tls.crt" "private-key" "/etc/motorpool/tls/tls.key" }}
{{- $bundle := dict "reload-on-update" true "keystore" $keystore }}
{{- $_ := set $all "spring" (dict "ssl" (dict "bundle" (dict "pem" (dict "motorpool" $bundle)))) }}
{{- end }}
{{- with .Values.managementPort }}
{{- $_ := set $all "management" (dict "server" (dict "address" "0.0.0.0" "port" (. | int))) }}
{{- end }}
{{- mergeOverwrite (deepCopy .Values.application) $all | toYaml }}
{{- end }}

{{/* Name of the port that serves the actuator. */}}
{{- define "motorpool.actuatorPort" -}}
{{- ternary "management" "http" (not (empty .Values.managementPort)) }}
{{- end }}

{{- define "motorpool.scheme" -}}
{{- ternary "https" "http" (not (empty .Values.tls.existingSecret)) }}
{{- end }}

{{/* By which name those within the cluster know the service's certificate. */}}
{{- define "motorpool.serverName" -}}
{{- default (printf "%s.%s.svc" (include "motorpool.fullname" .) .Release.Namespace) .Values.tls.serverName }}
{{- end }}

{{- define "motorpool.testLabels" -}}
app.kubernetes.io/name: {{ include "motorpool.name" . }}-test
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/*
The generated secret, as YAML: kept, if the cluster has it, as which it is told as it is there; entries; and file, which is
what the service reads of it. Made once for a whole rendering, as what is random would be another one each time.
*/}}
{{- define "motorpool.generatedKeys" -}}
{{- if not (hasKey .Values "generatedKeys") }}
{{- $there := default dict (lookup "v1" "Secret" .Release.Namespace (include "motorpool.secretName" .)) }}
{{- $made := dict }}
{{- if hasKey $there "data" }}
{{- $_ := set $made "kept" true }}
{{- $_ := set $made "entries" $there.data }}
{{- $_ := set $made "file" (get $there.data "application.yaml" | b64dec) }}
{{- else }}
{{- $admin := randAlphaNum 43 }}
{{- $metrics := randAlphaNum 43 }}
{{- $keys := dict
  "admin" (dict "sha256" (sha256sum $admin) "rights" (list "submit" "read" "operate"))
  "metrics" (dict "sha256" (sha256sum $metrics) "rights" (list "read")) }}
{{- $file := dict "motorpool" (dict "security" (dict "keys" $keys)) | toYaml }}
{{- $_ := set $made "kept" false }}
{{- $_ := set $made "entries" (dict "admin" $admin "metrics" $metrics "application.yaml" $file) }}
{{- $_ := set $made "file" $file }}
{{- end }}
{{- $_ := set .Values "generatedKeys" (toYaml $made) }}
{{- end }}
{{- .Values.generatedKeys }}
{{- end }}

{{/* Name of the secret of webhooks; empty if there is none. */}}
{{- define "motorpool.webhooksSecretName" -}}
{{- if .Values.webhooks.existingSecret }}
{{- .Values.webhooks.existingSecret }}
{{- else if or .Values.webhooks.secrets .Values.webhooks.receivers }}
{{- include "motorpool.fullname" . }}-webhooks
{{- end }}
{{- end }}

{{/* The service's configuration of the secrets of webhooks. */}}
{{- define "motorpool.webhooksConfiguration" -}}
{{- $webhooks := dict }}
{{- with .Values.webhooks.secrets }}
{{- $_ := set $webhooks "secrets" . }}
{{- end }}
{{- with .Values.webhooks.receivers }}
{{- $_ := set $webhooks "receivers" . }}
{{- end }}
{{- dict "motorpool" (dict "webhooks" $webhooks) | toYaml }}
{{- end }}

{{/* A probe of the health routes, which need no key. Takes a dict: root, path and times. */}}
{{- define "motorpool.probe" -}}
httpGet:
  path: /actuator/health/{{ .path }}
  port: {{ include "motorpool.actuatorPort" .root }}
  scheme: {{ include "motorpool.scheme" .root | upper }}
  httpHeaders:
    - name: Host
      value: localhost
{{ toYaml .times }}
{{- end }}
