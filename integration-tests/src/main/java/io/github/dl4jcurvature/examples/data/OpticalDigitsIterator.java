/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.data;

/** Iterator over one part of the embedded handwritten digits, see {@link OpticalDigits}. */
public final class OpticalDigitsIterator extends ShuffledIterator {
    private static final long serialVersionUID = 1L;

    /** Seed of the split into parts; fixed, so that no example trains on what another one tests on. */
    public static final long SPLIT_SEED = 20260101;

    /**
     * Creates an iterator at the start of its first epoch.
     *
     * @param batchSize number of images of a batch, at least 1
     * @param part which part of the data
     * @param target labels: the image itself for an autoencoder, its class for a classifier
     * @param seed seed of the order of the images
     */
    public OpticalDigitsIterator(int batchSize, Part part, Target target, long seed) {
        super(new OpticalDigits(SPLIT_SEED).part(part, target), batchSize, seed);
    }
}
