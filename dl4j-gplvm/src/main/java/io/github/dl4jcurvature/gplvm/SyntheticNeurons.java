/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.PoissonSampler;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Data of neurons with bell-shaped tuning on a manifold: \(y = a e^{-d^2 / 2 \ell^2} + c + \sigma \epsilon\), d the geodesic distance
 * of the latent from the preferred point, \(a \sim 1 + 0.2 N\), \(c \sim 0.2 U\), \(\sigma \sim 0.2 + 0.02 N\),
 * \(\ell = \ell_0 (1 + 0.15 U)\) with \(\ell_0\) such that a ball of that radius is a fixed share of the volume. Latents and
 * preferred points are uniform, on Euclidean spaces standard normal. Source: Jensen et al. (NeurIPS 2020).
 *
 * @param manifold of the latents
 * @param latents [T, e]
 * @param preferred points of the neurons [N, e]
 * @param data [T, N]
 * @param rates without noise [T, N]
 */
public record SyntheticNeurons(Manifold manifold, INDArray latents, INDArray preferred, INDArray data, INDArray rates) {
    private static final double LARGEST_RATE = 1e9; // counts are drawn as int
    private static final double LEAST_RATE = 0.01;

    /**
     * Draws data.
     *
     * @param neurons N
     * @param times T
     */
    public static SyntheticNeurons draw(Manifold manifold, int neurons, int times, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] latents = points(manifold, times, random);
        double[][] preferred = points(manifold, neurons, random);
        double[][] data = new double[times][neurons];
        double[][] rates = new double[times][neurons];
        double base = lengthScale(manifold);
        for (int n = 0; n < neurons; n++) {
            double amplitude = 1 + 0.2 * random.nextGaussian();
            double baseline = 0.2 * random.nextDouble();
            double noise = 0.2 + 0.02 * random.nextGaussian();
            double width = base * (1 + 0.15 * random.nextDouble());
            for (int t = 0; t < times; t++) {
                double distance = manifold.distance(latents[t], preferred[n]);
                rates[t][n] = amplitude * Math.exp(-distance * distance / (2 * width * width)) + baseline;
                data[t][n] = rates[t][n] + noise * random.nextGaussian();
            }
        }
        return new SyntheticNeurons(
                manifold,
                Nd4j.createFromArray(latents),
                Nd4j.createFromArray(preferred),
                Nd4j.createFromArray(data),
                Nd4j.createFromArray(rates));
    }

    /**
     * Poisson counts with the rates of the neurons, at least 0.01, times a mean count.
     *
     * @param meanCount not negative; its product with the largest rate at most 10^9
     */
    public INDArray counts(double meanCount, long seed) {
        double[][] rows = DoubleRows.of(rates);
        double largest =
                Arrays.stream(rows).flatMapToDouble(Arrays::stream).max().orElse(LEAST_RATE); // NaN if one is
        if (!(meanCount >= 0 && meanCount * Math.max(largest, LEAST_RATE) <= LARGEST_RATE)) {
            throw new IllegalArgumentException(
                    "meanCount is %s and the largest rate %s but the former must not be negative and their product at most %.0e; counts of 1 to 10 are usual in bins of spikes"
                            .formatted(meanCount, largest, LARGEST_RATE));
        }
        UniformRandomProvider random = new SplittableRandom(seed)::nextLong;
        for (double[] row : rows) {
            for (int n = 0; n < row.length; n++) {
                double rate = meanCount * Math.max(row[n], LEAST_RATE);
                row[n] = rate > 0 ? PoissonSampler.of(random, rate).sample() : 0;
            }
        }
        return Nd4j.createFromArray(rows);
    }

    private static double[][] points(Manifold manifold, int count, SplittableRandom random) {
        double[][] points = new double[count][];
        for (int i = 0; i < count; i++) {
            points[i] = manifold.randomPoint(random);
        }
        return points;
    }

    /** Width of tuning curves before it varies. */
    private static double lengthScale(Manifold manifold) {
        int d = manifold.dimension();
        return switch (manifold.toString()) {
            case "S2" -> Math.sqrt(4 * Math.PI * 0.1 / Math.PI);
            case "S3" -> Math.cbrt(2 * Math.PI * Math.PI * 0.07 / (4 * Math.PI / 3));
            case "SO3" -> 1;
            default -> manifold.isCompact() ? 2 * Math.PI * Math.pow((d == 1 ? 0.14 : 0.12) / ball(d), 1.0 / d) : 1;
        };
    }

    /** Volume of the unit ball of d dimensions. */
    private static double ball(int d) {
        double volume = d % 2 == 0 ? 1 : 2;
        for (int k = d % 2 == 0 ? 2 : 3; k <= d; k += 2) {
            volume *= 2 * Math.PI / k;
        }
        return volume;
    }
}
