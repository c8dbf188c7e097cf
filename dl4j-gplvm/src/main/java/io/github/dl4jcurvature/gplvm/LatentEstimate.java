/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Inferred latents of some times with their uncertainty. */
public final class LatentEstimate {
    private final Manifold manifold;
    private final FactorParameters factors;
    private final double[][] rawMeans;
    private final double[][] rawFactors;

    LatentEstimate(Manifold manifold, FactorParameters factors, double[][] rawMeans, double[][] rawFactors) {
        this.manifold = manifold;
        this.factors = factors;
        this.rawMeans = rawMeans;
        this.rawFactors = rawFactors;
    }

    /** Where they live. */
    public Manifold manifold() {
        return manifold;
    }

    /** Number of times. */
    public int times() {
        return rawMeans.length;
    }

    /** Means [T, e], as {@link Manifold#canonical} gives them. */
    public INDArray means() {
        return Nd4j.createFromArray(points());
    }

    /**
     * Standard deviations in the directions of the tangent basis [T, d]: in units of the space on R, in radians on T, S2 and S3, in half
     * the angle of the rotation on SO3, where {@link Manifold#distance} is twice the norm of the tangent vector.
     */
    public INDArray deviations() {
        int d = manifold.dimension();
        double[][] deviations = new double[times()][d];
        for (int t = 0; t < times(); t++) {
            TangentGaussian gaussian = factors.gaussian(rawFactors[t]);
            for (int i = 0; i < d; i++) {
                double sum = 0;
                for (int j = 0; j <= i; j++) {
                    sum += gaussian.l(i, j) * gaussian.l(i, j);
                }
                deviations[t][i] = Math.sqrt(sum);
            }
        }
        return Nd4j.createFromArray(deviations);
    }

    /** Samples of all times [2 pairs, T, e], those of a pair from opposite noise. */
    double[][][] antithetic(LatentNoise noise, int pairs) {
        double[][][] samples = new double[2 * pairs][times()][];
        for (int t = 0; t < times(); t++) {
            TangentGaussian gaussian = factors.gaussian(rawFactors[t]);
            double[] mean = manifold.project(rawMeans[t]);
            double[][] drawn = noise.at(t, pairs, manifold.dimension());
            for (int pair = 0; pair < pairs; pair++) {
                double[] x = gaussian.sample(drawn[pair]);
                double[] opposite = Arrays.stream(x).map(each -> -each).toArray();
                samples[2 * pair][t] = manifold.move(mean, manifold.exponential(x));
                samples[2 * pair + 1][t] = manifold.move(mean, manifold.exponential(opposite));
            }
        }
        return samples;
    }

    double[][] points() {
        return Arrays.stream(rawMeans).map(manifold::canonical).toArray(double[][]::new);
    }

    double[][] rawMeans() {
        return rawMeans;
    }

    double[][] rawFactors() {
        return rawFactors;
    }

    LatentEstimate ofTimes(int[] times) {
        return new LatentEstimate(manifold, factors, rows(rawMeans, times), rows(rawFactors, times));
    }

    private static double[][] rows(double[][] all, int[] times) {
        return Arrays.stream(times).mapToObj(t -> all[t].clone()).toArray(double[][]::new);
    }
}
