/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.util.Objects;

/**
 * A point of a chart.
 *
 * @param chart which chart
 * @param series line of the chart: a layer, block or task
 * @param x iteration or number of tasks; a later point of the same series and x replaces an earlier one
 * @param y value; NaN is not drawn
 */
public record Measurement(Chart chart, String series, long x, double y) {
    /** Checks that nothing is null. */
    public Measurement {
        Objects.requireNonNull(chart, "chart must not be null; name one of Chart.values()");
        Objects.requireNonNull(series, "series must not be null; use an empty name for the only line of a chart");
    }
}
