/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.awt.Color;
import java.io.File;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Figures of latents, tuning curves and comparisons as PNG, drawn by XChart. */
public final class GplvmFigures {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 440;
    private static final int COORDINATES = 8; // more would not be told apart

    private GplvmFigures() {}

    private static XYChart chart(String title, String x, String y) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE).setLegendVisible(true);
        return chart;
    }

    private static File write(XYChart chart, File png) throws IOException {
        BitmapEncoder.saveBitmap(chart, png.getPath(), BitmapFormat.PNG);
        return png;
    }

    /** Entries of an array, which may be a view, row by row. */
    private static double[] entries(INDArray array) {
        return array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }

    /** One number for each time, from [T, 1] or [T]. */
    private static double[] angles(String argument, INDArray array) {
        if (array.isEmpty() || array.rank() > 2 || (array.rank() == 2 && array.size(1) != 1)) {
            throw new IllegalArgumentException(
                    "%s has shape %s but must be [times, 1] or [times], one angle for each time; align and draw the circles of other manifolds one by one"
                            .formatted(argument, Arrays.toString(array.shape())));
        }
        return entries(array);
    }

    /**
     * Aligned latents of the circle against the given ones, with two standard deviations.
     *
     * @param given [T, 1] or [T]
     * @param deviations [T, 1] or [T] in radians
     * @throws IllegalArgumentException if latents are not of a circle, or not of the same times
     */
    public static File againstTruth(LatentAlignment alignment, INDArray given, INDArray deviations, File png)
            throws IOException {
        return write(truthChart(alignment, given, deviations), png);
    }

    static XYChart truthChart(LatentAlignment alignment, INDArray given, INDArray deviations) {
        double[] truth = angles("given", given);
        double[] inferred = angles("aligned", alignment.aligned());
        double[] errors = angles("deviations", deviations);
        if (inferred.length != truth.length || errors.length != truth.length) {
            throw new IllegalArgumentException(
                    "given has %d times, the alignment %d and deviations %d but all must have the same; leave the same times out of each"
                            .formatted(truth.length, inferred.length, errors.length));
        }
        for (int t = 0; t < truth.length; t++) { // the branch of the angle nearest to the truth
            truth[t] -= 2 * Math.PI * Math.floor((truth[t] + Math.PI) / (2 * Math.PI));
            inferred[t] += 2 * Math.PI * Math.rint((truth[t] - inferred[t]) / (2 * Math.PI));
            errors[t] *= 2;
        }
        XYChart chart = chart("Latents against the truth", "true angle (rad)", "inferred angle (rad)");
        XYSeries points = chart.addSeries("times, with 2 standard deviations", truth, inferred, errors);
        points.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter).setMarker(SeriesMarkers.CIRCLE);
        double[] ends = {-Math.PI, Math.PI};
        chart.addSeries("truth", ends, ends).setMarker(SeriesMarkers.NONE);
        return chart;
    }

    /**
     * Latents in the sequence of times, a series for each of their coordinates.
     *
     * @param means [T, e], e at most 8, or [T]
     */
    public static File againstTime(INDArray means, File png) throws IOException {
        return write(timeChart(means), png);
    }

    static XYChart timeChart(INDArray means) {
        long coordinates = means.rank() == 2 ? means.size(1) : 1;
        if (means.isEmpty() || means.rank() > 2 || coordinates > COORDINATES) {
            throw new IllegalArgumentException(
                    "means have shape %s but must be [times, coordinates] with at most %d coordinates, or [times]; draw some of the columns, or transpose"
                            .formatted(Arrays.toString(means.shape()), COORDINATES));
        }
        XYChart chart = chart("Latents over time", "time", coordinates == 1 ? "angle (rad)" : "coordinate");
        double[] times = new double[(int) means.size(0)];
        Arrays.setAll(times, t -> t);
        for (int i = 0; i < coordinates; i++) {
            double[] values = entries(means.rank() == 2 ? means.getColumn(i) : means);
            chart.addSeries(coordinates == 1 ? "mean" : "mean, coordinate " + i, times, values)
                    .setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter)
                    .setMarker(SeriesMarkers.CIRCLE);
        }
        return chart;
    }

    /** Tuning curves of some neurons on the circle. */
    public static File tuning(TuningCurves curves, List<double[]> points, int neurons, File png) throws IOException {
        for (double[] point : points) {
            if (point.length != 1) {
                throw new IllegalArgumentException(
                        "points have %d numbers but must have one, an angle; draw the curves at points along a circle against their angle"
                                .formatted(point.length));
            }
        }
        XYChart chart = chart("Tuning curves", "angle (rad)", "mean activity");
        double[] angles = points.stream().mapToDouble(point -> point[0]).toArray();
        for (int n = 0; n < neurons; n++) {
            chart.addSeries("neuron " + n, angles, entries(curves.observed().getRow(n)))
                    .setMarker(SeriesMarkers.NONE);
        }
        return write(chart, png);
    }

    /** Means and standard deviations over splits of all candidates. */
    public static File comparison(
            TopologyComparison comparison, String label, ToDoubleFunction<HeldOutScore> what, File png)
            throws IOException {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Held-out neurons at held-out times")
                .yAxisTitle(label)
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE).setLegendVisible(false);
        List<Manifold> candidates = comparison.candidates();
        chart.addSeries(
                label,
                candidates.stream().map(Manifold::toString).toList(),
                candidates.stream().map(each -> comparison.mean(each, what)).toList(),
                candidates.stream()
                        .map(each -> comparison.deviation(each, what))
                        .toList());
        BitmapEncoder.saveBitmap(chart, png.getPath(), BitmapFormat.PNG);
        return png;
    }
}
