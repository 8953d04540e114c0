package otel_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/otel"
)

const code = `const { host } = require('funcbox');
function price(what) { return host.price(what) }
function double(n) { return host.double(n) }
function spin() { for (;;) ; }`

// observed runs the same few calls for every test: one of each ending.
func observed(t *testing.T, observer funcbox.Observer) []*funcbox.ExecutionResult {
	t.Helper()
	ctx := context.Background()
	var ex *funcbox.Executor
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()), funcbox.WithObserver(observer),
		funcbox.WithHostFunc("price", func(_ context.Context, args []any, _ map[string]any) (any, error) {
			if args[0] == "gold" {
				return nil, errors.New("too dear")
			}
			return 7, nil
		}),
		funcbox.WithHostFunc("double", func(ctx context.Context, args []any, _ map[string]any) (any, error) {
			res, err := ex.Execute(ctx, funcbox.Request{Language: "js", Code: "function twice(n) { return 2 * n }", Function: "twice", Args: args})
			if err != nil {
				return nil, err
			}
			return res.Value, res.Err()
		}))
	require.NoError(t, err)
	defer func() { require.NoError(t, ex.Close(ctx)) }()
	var results []*funcbox.ExecutionResult
	for _, req := range []funcbox.Request{
		{Function: "price", Args: []any{"tea"}, CorrelationID: "order 12"},
		{Function: "price", Args: []any{"gold"}},
		{Function: "double", Args: []any{21}},
		{Function: "spin", Limits: funcbox.Limits{Fuel: 100_000}},
	} {
		req.Language, req.Code = "js", code
		res, err := ex.Execute(ctx, req)
		require.NoError(t, err)
		results = append(results, res)
	}
	require.Equal(t, int64(42), results[2].Value)
	// A call whose context has ended has a result, too, and has run nothing.
	gone, cancel := context.WithCancel(ctx)
	cancel()
	res, err := ex.Execute(gone, funcbox.Request{Language: "js", Code: "1"})
	require.NoError(t, err)
	return append(results, res)
}

func attributesOf(span tracetest.SpanStub) map[attribute.Key]any {
	all := map[attribute.Key]any{}
	for _, one := range span.Attributes {
		all[one.Key] = one.Value.AsInterface()
	}
	return all
}

func TestSpans(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	results := observed(t, otel.New(provider, nil))
	spans := exporter.GetSpans()
	names := []string{}
	for _, span := range spans { // in the order of their ends
		names = append(names, span.Name)
	}
	require.Equal(t, []string{
		"host price", "call js price", "host price", "call js price",
		"call js twice", "host double", "call js double", "call js spin", "call js",
	}, names)

	t.Run("a call", func(t *testing.T) {
		call, meta := spans[1], results[0].Meta
		require.Equal(t, codes.Unset, call.Status.Code)
		require.False(t, call.Parent.IsValid())
		require.Equal(t, map[attribute.Key]any{
			otel.KeyLanguage: "js", otel.KeyFunction: "price", otel.KeyCallID: meta.CallID, otel.KeyCorrelationID: "order 12", otel.KeyDepth: int64(0),
			otel.KeyStatus: "success", otel.KeyFuel: meta.Fuel, otel.KeyMemory: meta.MemoryBytes,
			otel.KeyDuration: meta.Duration.Seconds(), otel.KeyQueueDuration: meta.QueueDuration.Seconds(),
		}, attributesOf(call))
	})
	t.Run("a host function", func(t *testing.T) {
		host := spans[0]
		require.Equal(t, spans[1].SpanContext.SpanID(), host.Parent.SpanID())
		require.Equal(t, map[attribute.Key]any{
			otel.KeyLanguage: "js", otel.KeyFunction: "price", otel.KeyCallID: results[0].Meta.CallID, otel.KeyCorrelationID: "order 12", otel.KeyDepth: int64(0),
			otel.KeyHostFunction: "price",
		}, attributesOf(host))
	})
	t.Run("errors", func(t *testing.T) {
		host, call, spin := spans[2], spans[3], spans[7]
		require.Equal(t, sdktrace.Status{Code: codes.Error, Description: "too dear"}, host.Status)
		require.Equal(t, "HostError", attributesOf(host)[otel.KeyErrorType])
		require.Len(t, host.Events, 1)
		require.Equal(t, sdktrace.Status{Code: codes.Error, Description: "HostError"}, call.Status, "the guest's message is not told")
		require.Equal(t, "error", attributesOf(call)[otel.KeyStatus])
		require.Equal(t, "timeout", attributesOf(spin)[otel.KeyStatus])
		require.Equal(t, "FuelExhausted", attributesOf(spin)[otel.KeyErrorType])
	})
	t.Run("a call in a host function of a call", func(t *testing.T) {
		inner, host, outer := spans[4], spans[5], spans[6]
		require.Equal(t, host.SpanContext.SpanID(), inner.Parent.SpanID())
		require.Equal(t, outer.SpanContext.SpanID(), host.Parent.SpanID())
		require.Equal(t, outer.SpanContext.TraceID(), inner.SpanContext.TraceID())
		require.Equal(t, int64(1), attributesOf(inner)[otel.KeyDepth])
	})
	t.Run("a call that did not run", func(t *testing.T) {
		attributes := attributesOf(spans[8])
		require.Equal(t, "terminated", attributes[otel.KeyStatus])
		require.Zero(t, attributes[otel.KeyFuel])
		require.NotContains(t, attributes, otel.KeyFunction)
		require.NotContains(t, attributes, otel.KeyCorrelationID)
	})
}

func TestParent(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	ctx, parent := provider.Tracer("test").Start(context.Background(), "request")
	observer := otel.New(provider, nil)
	_, ended := observer.Call(ctx, funcbox.CallInfo{ID: "a", Language: "js"})
	ended(nil, errors.New("no compiler"))
	span := exporter.GetSpans()[0]
	require.Equal(t, parent.SpanContext().SpanID(), span.Parent.SpanID())
	require.Equal(t, sdktrace.Status{Code: codes.Error, Description: "no compiler"}, span.Status)
	require.Equal(t, otel.StatusFailed, attributesOf(span)[otel.KeyStatus])
}

func TestMetrics(t *testing.T) {
	reader := sdkmetric.NewManualReader()
	results := observed(t, otel.New(nil, sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))))
	var collected metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(context.Background(), &collected))
	require.Len(t, collected.ScopeMetrics, 1)
	found := map[string]metricdata.Aggregation{}
	for _, one := range collected.ScopeMetrics[0].Metrics {
		found[one.Name] = one.Data
	}
	outcome := func(status string) attribute.Set {
		return attribute.NewSet(otel.KeyLanguage.String("js"), otel.KeyStatus.String(status))
	}
	calls := map[attribute.Set]int64{}
	for _, point := range found["funcbox.calls"].(metricdata.Sum[int64]).DataPoints {
		calls[point.Attributes] = point.Value
	}
	require.Equal(t, map[attribute.Set]int64{
		outcome("success"): 3, outcome("error"): 1, outcome("timeout"): 1, outcome("terminated"): 1,
	}, calls, "the call inside of a host function is one, too")

	active := found["funcbox.calls.active"].(metricdata.Sum[int64])
	require.Len(t, active.DataPoints, 1)
	require.Zero(t, active.DataPoints[0].Value)

	for _, point := range found["funcbox.call.fuel"].(metricdata.Sum[int64]).DataPoints {
		if point.Attributes == outcome("timeout") {
			require.Equal(t, results[3].Meta.Fuel, point.Value)
		}
	}
	counts := func(name string) map[attribute.Set]uint64 {
		all := map[attribute.Set]uint64{}
		for _, point := range found[name].(metricdata.Histogram[float64]).DataPoints {
			all[point.Attributes] = point.Count
		}
		return all
	}
	require.Equal(t, map[attribute.Set]uint64{
		outcome("success"): 3, outcome("error"): 1, outcome("timeout"): 1, outcome("terminated"): 1,
	}, counts("funcbox.call.duration"))
	require.Equal(t, counts("funcbox.call.duration"), counts("funcbox.call.queue.duration"))
	host := func(name string, more ...attribute.KeyValue) attribute.Set {
		return attribute.NewSet(append(more, otel.KeyLanguage.String("js"), otel.KeyHostFunction.String(name))...)
	}
	require.Equal(t, map[attribute.Set]uint64{
		host("price"): 1, host("price", otel.KeyErrorType.String("HostError")): 1, host("double"): 1,
	}, counts("funcbox.host.duration"))
}

// TestNothing: an observer without providers watches and tells nobody.
func TestNothing(t *testing.T) {
	results := observed(t, otel.New(nil, nil))
	require.Equal(t, int64(7), results[0].Value)
}
