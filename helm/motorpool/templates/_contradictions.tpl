{{/* A size as the service's configuration has it, in bytes. */}}
{{- define "motorpool.bytes" -}}
{{- $number := regexFind "^[0-9]+" . }}
{{- mulf (float64 $number) (float64 (get (dict "B" 1 "KB" 1024 "MB" 1048576 "GB" 1073741824) (trimPrefix $number .))) }}
{{- end }}

{{/* Fails if a size is out of its range. Takes a dict: place, size, least, and perhaps most; no size is none to refuse. */}}
{{- define "motorpool.refuseSize" -}}
{{- if .size }}
{{- $bytes := include "motorpool.bytes" .size | float64 }}
{{- if lt $bytes (include "motorpool.bytes" .least | float64) }}
{{- fail (printf "%s is %s: it must be at least %s." .place .size .least) }}
{{- end }}
{{- if and .most (gt $bytes (include "motorpool.bytes" .most | float64)) }}
{{- fail (printf "%s is %s: it must be at most %s." .place .size .most) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Fails if a pool's settings do not fit one another, or name what is not there. Takes a dict: root, name and pool. */}}
{{- define "motorpool.refusePool" -}}
{{- $place := printf "pools.%s" .name }}
{{- include "motorpool.refuseSize" (dict "place" (printf "%s.memory-limit" $place) "size" (get .pool "memory-limit") "least" "1MB") }}
{{- $usual := get .pool "default-timeout" }}
{{- $longest := get .pool "max-timeout" }}
{{- if and $usual $longest (gt (float64 $usual) (float64 $longest)) }}
{{- fail (printf "%s.default-timeout is above its max-timeout." $place) }}
{{- end }}
{{- $runtime := .pool.runtime | default "java" }}
{{- if not (or (has $runtime (list "java" "programs" "python" "node")) (hasKey (default dict .root.Values.settings.runtimes) $runtime)) }}
{{- fail (printf "%s.runtime is %s: define it in settings.runtimes." $place $runtime) }}
{{- end }}
{{- end }}

{{/* Fails if the service would refuse at its start what the schema cannot see: it looks at one value at a time. */}}
{{- define "motorpool.contradictions" -}}
{{- range $name, $pool := .Values.pools }}
{{- include "motorpool.refusePool" (dict "root" $ "name" $name "pool" $pool) }}
{{- end }}
{{- range $kind, $name := default dict (get .Values.settings "default-pool") }}
{{- if not (hasKey $.Values.pools $name) }}
{{- fail (printf "settings.default-pool.%s is %s: there is no such pool in the value pools." $kind $name) }}
{{- end }}
{{- end }}
{{- $http := default dict .Values.settings.http }}
{{- $limit := get $http "body-limit" | default "16MB" }}
{{- include "motorpool.refuseSize" (dict "place" "settings.http.body-limit" "size" $limit "least" "1B" "most" "256MB") }}
{{- include "motorpool.refuseSize" (dict "place" "settings.http.body-budget" "size" (get $http "body-budget") "least" $limit) }}
{{- include "motorpool.refuseSize" (dict "place" "settings.http.answer-budget" "size" (get $http "answer-budget") "least" "17MB") }}
{{- include "motorpool.refuseSize" (dict "place" "settings.http.stream-budget" "size" (get $http "stream-budget") "least" "64MB") }}
{{- $webhooks := default dict .Values.settings.webhooks }}
{{- include "motorpool.refuseSize" (dict "place" "settings.webhooks.answer-limit" "size" (get $webhooks "answer-limit") "least" "0B" "most" "256MB") }}
{{- include "motorpool.refuseSize" (dict "place" "settings.webhooks.memory" "size" $webhooks.memory "least" "1MB") }}
{{- end }}
