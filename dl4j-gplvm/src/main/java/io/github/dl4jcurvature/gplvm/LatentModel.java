/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/**
 * Variational distribution of the latents of all times and their prior.
 *
 * @param manifold where they live
 * @param factors how covariances are parameterised
 * @param images wraps on either side in densities
 * @param prior over time
 */
record LatentModel(Manifold manifold, FactorParameters factors, int images, LatentPrior prior) {

    /**
     * Samples of the latents of some times.
     *
     * @param rawMeans parameters of the means [b, e]
     * @param rawFactors parameters of the covariances [b, p]
     * @param priorParameters unconstrained parameters of the prior
     * @param times index of each
     * @param partition of the work; results do not depend on its threads
     */
    LatentDraw draw(
            double[][] rawMeans,
            double[][] rawFactors,
            double[] priorParameters,
            int[] times,
            LatentNoise noise,
            int samples,
            Partition partition) {
        LatentDraw draw = new LatentDraw(this, rawMeans, rawFactors, priorParameters, samples, partition);
        draw.draw(times, noise);
        return draw;
    }

    LatentModel withoutMemory() {
        return new LatentModel(manifold, factors, images, prior.isSequential() ? LatentPrior.UNIFORM : prior);
    }
}
