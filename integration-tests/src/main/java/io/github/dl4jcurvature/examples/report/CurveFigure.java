/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Figure of several curves; colours follow the order in which curves are named first. */
public final class CurveFigure {
    /** Readable on white and apart for most colour-blind readers (Okabe and Ito). */
    private static final List<Color> COLOURS = List.of(
            new Color(0xD55E00), new Color(0x0072B2), new Color(0x009E73), new Color(0xCC79A7), new Color(0x000000));

    private static final BasicStroke SOLID = new BasicStroke(2);
    private static final BasicStroke DASHED =
            new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {5, 4}, 0);

    private final String title;
    private final XYChart chart;
    private int curves;

    /**
     * Creates an empty figure.
     *
     * @param title heading
     * @param xLabel label of the horizontal axis
     * @param yLabel label of the vertical axis
     */
    public CurveFigure(String title, String xLabel, String yLabel) {
        this.title = title;
        chart = new XYChartBuilder()
                .width(860)
                .height(440)
                .title(title)
                .xAxisTitle(xLabel)
                .yAxisTitle(yLabel)
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE).setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler().setPlotGridLinesColor(new Color(0xDDDDDD)).setMarkerSize(0);
    }

    /**
     * Adds a pair of curves in one colour: solid on test data, dashed and without legend on training data.
     *
     * @param name legend
     * @param x horizontal coordinates
     * @param test vertical coordinates of the solid curve
     * @param train vertical coordinates of the dashed curve
     * @return this figure
     */
    public CurveFigure add(String name, double[] x, double[] test, double[] train) {
        Color colour = COLOURS.get(curves++ % COLOURS.size());
        style(chart.addSeries(name, x, test), colour, SOLID);
        style(chart.addSeries(name + ", train", x, train), colour, DASHED).setShowInLegend(false);
        return this;
    }

    /**
     * Adds one curve.
     *
     * @param name legend
     * @param x horizontal coordinates
     * @param y vertical coordinates
     * @return this figure
     */
    public CurveFigure add(String name, double[] x, double[] y) {
        style(chart.addSeries(name, x, y), COLOURS.get(curves++ % COLOURS.size()), SOLID);
        return this;
    }

    private static XYSeries style(XYSeries series, Color colour, BasicStroke stroke) {
        series.setMarker(SeriesMarkers.NONE).setLineColor(colour).setLineStyle(stroke);
        return series;
    }

    /**
     * Limits the vertical axis; curves are cut off beyond.
     *
     * @param low lower end
     * @param high upper end, above {@code low}
     * @return this figure
     */
    public CurveFigure range(double low, double high) {
        chart.getStyler().setYAxisMin(low).setYAxisMax(high);
        return this;
    }

    String title() {
        return title;
    }

    byte[] png() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BitmapEncoder.saveBitmap(chart, bytes, BitmapFormat.PNG);
        return bytes.toByteArray();
    }
}
