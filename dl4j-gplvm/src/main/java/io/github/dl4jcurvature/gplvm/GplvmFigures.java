/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.awt.Color;
import java.io.File;
import java.io.IOException;
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
import org.nd4j.linalg.api.ndarray.INDArray;

/** Figures of latents, tuning curves and comparisons as PNG, drawn by XChart. */
public final class GplvmFigures {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 440;

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

    /**
     * Aligned latents of the circle against the given ones, with two standard deviations.
     *
     * @param deviations [T, 1] in radians
     */
    public static File againstTruth(LatentAlignment alignment, INDArray given, INDArray deviations, File png)
            throws IOException {
        XYChart chart = chart("Latents against the truth", "true angle (rad)", "inferred angle (rad)");
        double[] truth = given.data().asDouble();
        double[] inferred = alignment.aligned().data().asDouble();
        for (int t = 0; t < truth.length; t++) { // the branch of the angle nearest to the truth
            truth[t] -= 2 * Math.PI * Math.floor((truth[t] + Math.PI) / (2 * Math.PI));
            inferred[t] += 2 * Math.PI * Math.rint((truth[t] - inferred[t]) / (2 * Math.PI));
        }
        double[] errors = deviations.mul(2).data().asDouble();
        XYSeries points = chart.addSeries("times, with 2 standard deviations", truth, inferred, errors);
        points.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter).setMarker(SeriesMarkers.CIRCLE);
        double[] ends = {-Math.PI, Math.PI};
        chart.addSeries("truth", ends, ends).setMarker(SeriesMarkers.NONE);
        return write(chart, png);
    }

    /** Latents of the circle in the sequence of times. */
    public static File againstTime(INDArray angles, File png) throws IOException {
        XYChart chart = chart("Latents over time", "time", "angle (rad)");
        double[] values = angles.data().asDouble();
        double[] times = new double[values.length];
        java.util.Arrays.setAll(times, t -> t);
        chart.addSeries("mean", times, values)
                .setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter)
                .setMarker(SeriesMarkers.CIRCLE);
        return write(chart, png);
    }

    /** Tuning curves of some neurons on the circle. */
    public static File tuning(TuningCurves curves, List<double[]> points, int neurons, File png) throws IOException {
        XYChart chart = chart("Tuning curves", "angle (rad)", "mean activity");
        double[] angles = points.stream().mapToDouble(point -> point[0]).toArray();
        for (int n = 0; n < neurons; n++) {
            chart.addSeries(
                            "neuron " + n,
                            angles,
                            curves.observed().getRow(n).dup().data().asDouble())
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
