package otel

import (
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
)

// instruments are what measurements are taken with; [New] says what each holds.
type instruments struct {
	duration, queued, host metric.Float64Histogram
	fuel, calls            metric.Int64Counter
	active                 metric.Int64UpDownCounter
}

// newInstruments asks a meter for all. What it refuses goes to OpenTelemetry's handler of
// errors, and the instrument that it gave nevertheless is used.
func newInstruments(meter metric.Meter) instruments {
	var i instruments
	var refused [6]error
	i.duration, refused[0] = meter.Float64Histogram("funcbox.call.duration", seconds, metric.WithUnit("s"),
		metric.WithDescription("Time that the guest ran."))
	i.queued, refused[1] = meter.Float64Histogram("funcbox.call.queue.duration", seconds, metric.WithUnit("s"),
		metric.WithDescription("Time that calls waited for their turn and for the runtime."))
	i.host, refused[2] = meter.Float64Histogram("funcbox.host.duration", seconds, metric.WithUnit("s"),
		metric.WithDescription("Time in host functions."))
	i.fuel, refused[3] = meter.Int64Counter("funcbox.call.fuel", metric.WithUnit("{unit}"),
		metric.WithDescription("Work done by guests."))
	i.calls, refused[4] = meter.Int64Counter("funcbox.calls", metric.WithUnit("{call}"),
		metric.WithDescription("Calls that have ended."))
	i.active, refused[5] = meter.Int64UpDownCounter("funcbox.calls.active", metric.WithUnit("{call}"),
		metric.WithDescription("Calls that wait or run."))
	if err := errors.Join(refused[:]...); err != nil {
		otel.Handle(err)
	}
	return i
}
