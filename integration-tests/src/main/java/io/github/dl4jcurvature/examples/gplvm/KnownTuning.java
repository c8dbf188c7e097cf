/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gplvm;

import java.util.Arrays;

import io.github.dl4jcurvature.gplvm.Manifold;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What is left for a model that learns tuning curves: decoding by an observer who knows their form, preferred points and the latents from
 * which amplitudes, baselines, widths and noise are fitted.
 */
public final class KnownTuning {
    private static final int WIDTHS = 71;
    private static final double NARROWEST = 0.8;
    private static final double WIDTH_STEP = 0.01;

    private final Manifold manifold;
    private final double[][] preferred;
    private final double[][] curves; // amplitude, baseline, width, noise of each neuron

    /**
     * Fits the curves by least squares, with widths on a grid from 0.8 to 1.5.
     *
     * @param data [T, N]
     * @param latents [T, e]
     * @param preferred [N, e]
     */
    public KnownTuning(Manifold manifold, INDArray data, INDArray latents, INDArray preferred) {
        this.manifold = manifold;
        this.preferred = preferred.toDoubleMatrix();
        double[][] given = latents.toDoubleMatrix();
        curves = new double[this.preferred.length][];
        for (int n = 0; n < curves.length; n++) {
            double[] squares = new double[given.length];
            for (int t = 0; t < squares.length; t++) {
                squares[t] = Math.pow(manifold.distance(given[t], this.preferred[n]), 2);
            }
            curves[n] = curve(squares, data.getColumn(n).toDoubleVector());
        }
    }

    private static double[] curve(double[] squares, double[] y) {
        double[] best = {0, 0, 1, Double.POSITIVE_INFINITY};
        for (int i = 0; i < WIDTHS; i++) {
            double width = NARROWEST + WIDTH_STEP * i;
            double[] line = line(squares, width, y);
            best = line[3] < best[3] ? line : best;
        }
        return best;
    }

    /** Amplitude and baseline for a width, and the deviation of what they leave. */
    private static double[] line(double[] squares, double width, double[] y) {
        int times = y.length;
        double sumX = 0;
        double sumY = 0;
        double xx = 0;
        double xy = 0;
        for (int t = 0; t < times; t++) {
            double x = Math.exp(-squares[t] / (2 * width * width));
            sumX += x / times;
            sumY += y[t] / times;
            xx += x * x / times;
            xy += x * y[t] / times;
        }
        double amplitude = (xy - sumX * sumY) / (xx - sumX * sumX);
        double baseline = sumY - amplitude * sumX;
        double left = 0;
        for (int t = 0; t < times; t++) {
            double residual = y[t] - amplitude * Math.exp(-squares[t] / (2 * width * width)) - baseline;
            left += residual * residual / (times - 3);
        }
        return new double[] {amplitude, baseline, width, Math.sqrt(left)};
    }

    /**
     * Distances of the posterior means from the latents, at 200 times at most.
     *
     * @param data [T, N]
     * @param latents [T, e]
     * @return a vector
     */
    public INDArray errors(INDArray data, INDArray latents) {
        double[][] y = data.toDoubleMatrix();
        double[][] given = latents.toDoubleMatrix();
        LocalPosterior posterior = new LocalPosterior(manifold);
        return Nd4j.createFromArray(Arrays.stream(LocalPosterior.times(y.length))
                .mapToDouble(t -> posterior.error(given[t], points -> logLikelihoods(y[t], points)))
                .toArray());
    }

    private INDArray logLikelihoods(double[] y, INDArray points) {
        return Nd4j.createFromArray(Arrays.stream(points.toDoubleMatrix())
                .mapToDouble(point -> logLikelihood(y, point))
                .toArray());
    }

    private double logLikelihood(double[] y, double[] point) {
        double sum = 0;
        for (int n = 0; n < y.length; n++) {
            double[] curve = curves[n];
            double distance = manifold.distance(point, preferred[n]);
            double expected = curve[0] * Math.exp(-distance * distance / (2 * curve[2] * curve[2])) + curve[1];
            sum -= Math.pow((y[n] - expected) / curve[3], 2) / 2;
        }
        return sum;
    }
}
