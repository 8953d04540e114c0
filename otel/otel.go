// Package otel tells OpenTelemetry of the calls of an executor: a span for each call and
// each call of a host function, and metrics of both. It is a module of its own, so that
// OpenTelemetry is no dependency of the library. Nothing but the adapter lives here:
//
//	observer := otel.New(tracerProvider, meterProvider)
//	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()), funcbox.WithObserver(observer))
//
// The span of a call begins when the call comes in, waits for its turn included, and is a
// child of the span in the context given to Execute. Those of host functions are its
// children, and their context has them, so that what a host function asks of
// databases, services or the executor again is in the same trace. A call or host
// function that fails is a span of status Error, with the type of the error. The messages
// of guests are not recorded, nor are arguments and results: they may be long and may hold
// what is nobody else's business.
//
// Metrics carry the language, the status and the name of the host function, which are few;
// names of guests' functions and ids are in spans alone.
package otel

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	noopmetric "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
	nooptrace "go.opentelemetry.io/otel/trace/noop"

	"github.com/funcbox/funcbox"
)

// scope names this adapter as the source of spans and metrics.
const scope = "github.com/funcbox/funcbox/otel"

// Attributes of spans and, where the package comment says so, of metrics.
const (
	// KeyLanguage is the canonical name of the guest's language.
	KeyLanguage = attribute.Key("funcbox.language")
	// KeyFunction is the function that was asked for; absent if none was.
	KeyFunction = attribute.Key("funcbox.function")
	// KeyCallID is unique among all calls.
	KeyCallID = attribute.Key("funcbox.call.id")
	// KeyCorrelationID is the request's own; absent if it has none.
	KeyCorrelationID = attribute.Key("funcbox.correlation.id")
	// KeyDepth is how many calls are around this one by way of host functions.
	KeyDepth = attribute.Key("funcbox.depth")
	// KeyStatus is the result's status, or StatusFailed.
	KeyStatus = attribute.Key("funcbox.status")
	// KeyDuration is the time that the guest ran, in seconds.
	KeyDuration = attribute.Key("funcbox.duration")
	// KeyQueueDuration is the time before that, in seconds.
	KeyQueueDuration = attribute.Key("funcbox.queue.duration")
	// KeyFuel is the work done, in the units of funcbox.Limits.
	KeyFuel = attribute.Key("funcbox.fuel")
	// KeyMemory is the guest's linear memory at its largest, in bytes.
	KeyMemory = attribute.Key("funcbox.memory")
	// KeyHostFunction is the name of a host function.
	KeyHostFunction = attribute.Key("funcbox.host.function")
	// KeyErrorType is the type of a guest's error, or HostError; absent after success.
	KeyErrorType = attribute.Key("error.type")
)

// StatusFailed is the status of calls that have no result, since the host failed or
// refused the request.
const StatusFailed = "failed"

// seconds are the boundaries of histograms of durations: calls take from some tens of
// microseconds to the timeout, which is 30 s by default.
var seconds = metric.WithExplicitBucketBoundaries(
	0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

// New makes an observer for [funcbox.WithObserver]. It is safe for use by several executors at
// once. Where a provider is nil there are no spans, or no metrics. The metrics are
//
//	funcbox.call.duration        histogram, s         time that the guest ran
//	funcbox.call.queue.duration  histogram, s         time before that
//	funcbox.call.fuel            counter              work done
//	funcbox.calls                counter              calls that have ended
//	funcbox.calls.active         up-down counter      calls that wait or run
//	funcbox.host.duration        histogram, s         time in host functions
func New(traces trace.TracerProvider, metrics metric.MeterProvider) funcbox.Observer {
	if traces == nil {
		traces = nooptrace.NewTracerProvider()
	}
	if metrics == nil {
		metrics = noopmetric.NewMeterProvider()
	}
	return &observer{tracer: traces.Tracer(scope), instruments: newInstruments(metrics.Meter(scope))}
}

type observer struct {
	tracer trace.Tracer
	instruments
}

// Call implements funcbox.Observer.
func (o *observer) Call(ctx context.Context, info funcbox.CallInfo) (context.Context, func(*funcbox.ExecutionResult, error)) {
	language := KeyLanguage.String(info.Language)
	ctx, span := o.tracer.Start(ctx, nameOf(info), trace.WithAttributes(describe(info)...))
	active := metric.WithAttributeSet(attribute.NewSet(language))
	o.active.Add(ctx, 1, active)
	return ctx, func(res *funcbox.ExecutionResult, err error) {
		defer span.End()
		status := KeyStatus.String(StatusFailed)
		if res != nil {
			status = KeyStatus.String(string(res.Status))
		}
		span.SetAttributes(status)
		outcome := metric.WithAttributeSet(attribute.NewSet(language, status))
		o.active.Add(ctx, -1, active)
		o.calls.Add(ctx, 1, outcome)
		if res != nil {
			o.duration.Record(ctx, res.Meta.Duration.Seconds(), outcome)
			o.queued.Record(ctx, res.Meta.QueueDuration.Seconds(), outcome)
			o.fuel.Add(ctx, res.Meta.Fuel, outcome)
			span.SetAttributes(
				KeyDuration.Float64(res.Meta.Duration.Seconds()), KeyQueueDuration.Float64(res.Meta.QueueDuration.Seconds()),
				KeyFuel.Int64(res.Meta.Fuel), KeyMemory.Int64(res.Meta.MemoryBytes))
			if res.Error != nil {
				span.SetAttributes(KeyErrorType.String(res.Error.Type))
				span.SetStatus(codes.Error, res.Error.Type)
			}
		}
		if err != nil {
			span.RecordError(err)
			span.SetStatus(codes.Error, err.Error())
		}
	}
}

// HostCall implements funcbox.Observer.
func (o *observer) HostCall(ctx context.Context, info funcbox.CallInfo, name string) (context.Context, func(error)) {
	begun := time.Now()
	attributes := append(describe(info), KeyHostFunction.String(name))
	ctx, span := o.tracer.Start(ctx, "host "+name, trace.WithAttributes(attributes...))
	return ctx, func(err error) {
		defer span.End()
		outcome := []attribute.KeyValue{KeyLanguage.String(info.Language), KeyHostFunction.String(name)}
		if err != nil {
			outcome = append(outcome, KeyErrorType.String(hostError))
			span.SetAttributes(KeyErrorType.String(hostError))
			span.RecordError(err)
			span.SetStatus(codes.Error, err.Error())
		}
		o.host.Record(ctx, time.Since(begun).Seconds(), metric.WithAttributes(outcome...))
	}
}

// hostError is what guests see the errors of host functions as.
const hostError = "HostError"

// nameOf is the name of a call's span.
func nameOf(info funcbox.CallInfo) string {
	if info.Function == "" {
		return "call " + info.Language
	}
	return "call " + info.Language + " " + info.Function
}

// describe tells which call it is.
func describe(info funcbox.CallInfo) []attribute.KeyValue {
	attributes := []attribute.KeyValue{KeyLanguage.String(info.Language), KeyCallID.String(info.ID), KeyDepth.Int(info.Depth)}
	if info.Function != "" {
		attributes = append(attributes, KeyFunction.String(info.Function))
	}
	if info.CorrelationID != "" {
		attributes = append(attributes, KeyCorrelationID.String(info.CorrelationID))
	}
	return attributes
}
