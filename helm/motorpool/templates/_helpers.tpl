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
app.kubernetes.io/name: {{ include "motorpool.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "motorpool.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "motorpool.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: service
app.kubernetes.io/part-of: motorpool
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Name, namespace, labels and annotations. Takes a dict: root, suffix, and perhaps labels and annotations. */}}
{{- define "motorpool.metadata" -}}
name: {{ include "motorpool.fullname" .root }}{{ .suffix }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "motorpool.labels" .root | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (default dict .annotations) .root.Values.commonAnnotations }}
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
What the whole needs at most, in MiB: the service's heap and as much again as a JVM of its size has beside it, and the workers of each pool
with their heaps, 64 MiB for each JVM, and half a MiB for each thread's stack.
*/}}
{{- define "motorpool.memoryMiB" -}}
{{- $heap := .Values.workerHeapMiB | default 256 | int }}
{{- $slot := ternary 0 4 (not (empty .Values.workerHeapMiB)) }}
{{- $all := add (.Values.heapMiB | int) 256 }}
{{- range $name, $pool := .Values.pools }}
{{- $size := $pool.size | int }}
{{- if eq $pool.kind "process" }}
{{- $threads := get $pool "threads-per-worker" | default 1 | int }}
{{- $all = add $all (mul $size (add $heap 64 (mul $slot (sub $threads 1)))) }}
{{- else if eq $pool.kind "thread" }}
{{- $all = add $all $heap 64 (mul $slot (sub $size 1)) }}
{{- else }}
{{- $all = add $all $heap 64 (div (mul $slot $size) 1024) }}
{{- end }}
{{- end }}
{{- $all }}
{{- end }}

{{/* Requests and limits with the memory filled in. */}}
{{- define "motorpool.resources" -}}
{{- $memory := printf "%sMi" (include "motorpool.memoryMiB" .) }}
{{- $all := deepCopy .Values.resources }}
{{- range $part := list "requests" "limits" }}
{{- $given := deepCopy (default dict (get $all $part)) }}
{{- range $name, $value := $given }}
{{- if not $value }}
{{- $_ := unset $given $name }}
{{- end }}
{{- end }}
{{- if not (hasKey $given "memory") }}
{{- $_ := set $given "memory" $memory }}
{{- end }}
{{- $_ := set $all $part $given }}
{{- end }}
{{- toYaml $all }}
{{- end }}

{{/* Seconds from the pod's order to end until it is killed: the drain, and what Spring and the store need after it. */}}
{{- define "motorpool.graceSeconds" -}}
{{- add (.Values.preStopSeconds | int) (ceil .Values.shutdown.refuse | int) (ceil .Values.shutdown.grace | int) (.Values.terminationGraceSecondsExtra | int) }}
{{- end }}

{{/* The service's configuration file. What the chart decides wins over settings and application. */}}
{{- define "motorpool.configuration" -}}
{{- $given := deepCopy .Values.settings }}
{{- $decided := dict
  "data-dir" "/data"
  "pools" .Values.pools
  "shutdown" .Values.shutdown }}
{{- with .Values.workerHeapMiB }}
{{- $_ := set $decided "worker" (dict "max-heap" (printf "%dMB" (. | int))) }}
{{- end }}
{{- $server := dict "address" "0.0.0.0" "port" 8080 }}
{{- if or .Values.ingress.enabled .Values.httpRoute.enabled }}
{{- $_ := set $server "forward-headers-strategy" "native" }}
{{- end }}
{{- mergeOverwrite (deepCopy .Values.application) (dict "motorpool" (mergeOverwrite $given $decided) "server" $server) | toYaml }}
{{- end }}

{{- define "motorpool.probe" -}}
httpGet:
  path: /actuator/health/{{ .path }}
  port: http
  httpHeaders:
    - name: Host
      value: localhost
{{ toYaml .times }}
{{- end }}
