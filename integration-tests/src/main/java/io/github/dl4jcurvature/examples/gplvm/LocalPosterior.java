/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gplvm;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import io.github.dl4jcurvature.gplvm.Manifold;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Posterior means of latents over points around the true ones, in tangent coordinates, all equally likely before. */
final class LocalPosterior {
    private static final double REACH = 0.45; // of tangent coordinates; some five standard deviations of the posteriors
    private static final int POINTS = 4000;
    private static final int MOST_TIMES = 200;
    private static final long SEED = 5;

    private final Manifold manifold;
    private final SplittableRandom random = new SplittableRandom(SEED);

    LocalPosterior(Manifold manifold) {
        this.manifold = manifold;
    }

    /** Which of so many times are decoded: all up to 200, else every second, third or so on. */
    static int[] times(int count) {
        int step = (count + MOST_TIMES - 1) / MOST_TIMES;
        return IntStream.range(0, count).filter(t -> t % step == 0).toArray();
    }

    /**
     * Distance of the posterior mean from the true latent; draws other points each time.
     *
     * @param logLikelihoods from points [P, e] to the logarithm of the likelihood of each, but for a constant
     */
    double error(double[] latent, UnaryOperator<INDArray> logLikelihoods) {
        double[][] tangents = new double[POINTS][manifold.dimension()];
        double[][] points = new double[POINTS][];
        for (int i = 0; i < POINTS; i++) {
            Arrays.setAll(tangents[i], j -> random.nextDouble(-REACH, REACH));
            points[i] = manifold.move(latent, manifold.exponential(tangents[i]));
        }
        INDArray logarithms = logLikelihoods.apply(Nd4j.createFromArray(points));
        double[] weights = logarithms.sub(logarithms.maxNumber()).toDoubleVector();
        double total = 0;
        double[] mean = new double[manifold.dimension()];
        for (int i = 0; i < POINTS; i++) {
            double weight = Math.exp(weights[i]);
            total += weight;
            for (int j = 0; j < mean.length; j++) {
                mean[j] += weight * tangents[i][j];
            }
        }
        for (int j = 0; j < mean.length; j++) {
            mean[j] /= total;
        }
        return manifold.distance(manifold.move(latent, manifold.exponential(mean)), latent);
    }
}
