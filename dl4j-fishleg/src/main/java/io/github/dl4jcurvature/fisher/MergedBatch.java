/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One batch of several, as the host merges them, but for masks of examples: a label mask [N, 1] of labels [N, outputs] stays one, and
 * batches without a mask count in full. The host repeats such masks for every output, which its softmax loss refuses.
 */
public final class MergedBatch {
    private MergedBatch() {}

    /**
     * Merges batches.
     *
     * @param parts at least one, with the same numbers of inputs and outputs; unchanged
     * @return their examples in order; the only part itself if there is one
     * @throws IllegalArgumentException if a mask does not fit its array, which the host does not notice
     */
    public static MultiDataSet of(List<MultiDataSet> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        for (MultiDataSet part : parts) {
            requireFits("features mask", part.getFeaturesMaskArrays(), part.getFeatures());
            requireFits("label mask", part.getLabelsMaskArrays(), part.getLabels());
        }
        MultiDataSet merged = MultiDataSet.merge(parts);
        INDArray[] masks = merged.getLabelsMaskArrays();
        for (int output = 0; masks != null && output < masks.length; output++) {
            if (areOfExamples(parts, output)) {
                masks[output] = exampleMask(parts, output);
            }
        }
        merged.setLabelsMaskArray(masks);
        return merged;
    }

    private static void requireFits(String name, INDArray @Nullable [] masks, INDArray[] arrays) {
        for (int i = 0; masks != null && i < masks.length; i++) {
            if (masks[i] != null && !fits(masks[i].shape(), arrays[i].shape())) {
                throw new IllegalArgumentException(
                        "%s has shape %s but must be that of the array %s, or [examples, steps] of a sequence, or [examples, 1]; correct the mask or leave it out"
                                .formatted(
                                        name, Arrays.toString(masks[i].shape()), Arrays.toString(arrays[i].shape())));
            }
        }
    }

    private static boolean fits(long[] mask, long[] array) {
        boolean examples = mask.length == 2 && mask[0] == array[0];
        boolean steps = array.length == 3 && examples && mask[1] == array[2];
        boolean column = array.length != 3 && examples && mask[1] == 1;
        return Arrays.equals(mask, array) || steps || column || array.length > 3;
    }

    private static boolean areOfExamples(List<MultiDataSet> parts, int output) {
        boolean any = false;
        for (MultiDataSet part : parts) {
            INDArray mask = mask(part, output);
            if (part.getLabels(output).rank() != 2) {
                return false;
            }
            if (mask != null) {
                any = true;
                if (mask.rank() != 2 || mask.size(1) != 1) {
                    return false;
                }
            }
        }
        return any;
    }

    private static INDArray exampleMask(List<MultiDataSet> parts, int output) {
        INDArray[] masks = new INDArray[parts.size()];
        for (int i = 0; i < masks.length; i++) {
            MultiDataSet part = parts.get(i);
            INDArray mask = mask(part, output);
            INDArray labels = part.getLabels(output);
            masks[i] = mask == null ? Nd4j.ones(labels.dataType(), labels.size(0), 1) : mask.castTo(labels.dataType());
        }
        return Nd4j.concat(0, masks);
    }

    private static @Nullable INDArray mask(MultiDataSet part, int output) {
        return part.getLabelsMaskArrays() == null ? null : part.getLabelsMaskArray(output);
    }
}
