// Package monitor lets an operator watch the program: Prometheus metrics and
// the pages /healthz, /readyz and /metrics. Nothing in a metric may name a
// person or a chat, and nothing in it may change what the program does.
package monitor

import (
	"database/sql"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are what the program counts. All methods may be called from any
// goroutine.
type Metrics struct {
	registry *prometheus.Registry

	updates    *prometheus.CounterVec
	handling   *prometheus.HistogramVec
	deliveries *prometheus.CounterVec
	lateness   prometheus.Histogram
	repeats    *prometheus.CounterVec
	refusals   *prometheus.CounterVec
	waiting    prometheus.Gauge
	polling    prometheus.Gauge
}

// New makes metrics that stand at zero.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		updates: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "yolchi_updates_total", Help: "Updates by kind and what became of them: applied, failed (tried again), set_aside.",
		}, []string{"kind", "result"}),
		handling: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "yolchi_handling_seconds", Help: "Time from an update's turn to its committed effect, by command or kind.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"command"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "yolchi_deliveries_total", Help: "Deliveries by kind and what became of them: sent, pending (tried again), missed, dropped.",
		}, []string{"kind", "result"}),
		lateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "yolchi_delivery_lateness_seconds", Help: "From the minute a delivery was due to its being sent.",
			Buckets: []float64{1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 3 * 3600, 12 * 3600},
		}),
		repeats: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "yolchi_repeats_total", Help: "What may have been sent twice, by what: a delivery taken up again, replies owed by a process that died.",
		}, []string{"what"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "yolchi_refusals_total", Help: "Calls that Telegram did not carry out, by meaning; \"too many requests\" is 429.",
		}, []string{"kind"}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "yolchi_updates_waiting", Help: "Updates that wait for their turn or are being handled.",
		}),
		polling: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "yolchi_polling", Help: "1 if this process is the one that polls Telegram.",
		}),
	}
	m.registry.MustRegister(m.updates, m.handling, m.deliveries, m.lateness, m.repeats, m.refusals, m.waiting, m.polling,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// WatchPool adds the numbers of a database pool.
func (m *Metrics) WatchPool(db *sql.DB) {
	m.registry.MustRegister(collectors.NewDBStatsCollector(db, "yolchi"))
}

// Update counts an update of a kind by what became of it.
func (m *Metrics) Update(kind, result string) { m.updates.WithLabelValues(kind, result).Inc() }

// Handled notes how long a command took to its committed effect.
func (m *Metrics) Handled(command string, took time.Duration) {
	m.handling.WithLabelValues(command).Observe(took.Seconds())
}

// Delivery counts a delivery by what became of it; late is how long after its
// time it was sent. An announcement has no time of its own.
func (m *Metrics) Delivery(kind, result string, late time.Duration) {
	m.deliveries.WithLabelValues(kind, result).Inc()
	if result == "sent" && kind != "announcement" {
		m.lateness.Observe(max(late, 0).Seconds())
	}
}

// Repeat counts something that may have been sent before.
func (m *Metrics) Repeat(what string) { m.repeats.WithLabelValues(what).Inc() }

// Refused counts a call that Telegram did not carry out.
func (m *Metrics) Refused(kind string) { m.refusals.WithLabelValues(kind).Inc() }

// Waiting adds to the number of updates that are held.
func (m *Metrics) Waiting(n int) { m.waiting.Add(float64(n)) }

// Polling says whether this process polls Telegram.
func (m *Metrics) Polling(on bool) {
	m.polling.Set(0)
	if on {
		m.polling.Set(1)
	}
}
