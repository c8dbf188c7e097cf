/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Arrays;

import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * One batch for a curvature pass: features, and if wanted labels and masks, one array for each input or output of the
 * network in the host's order and shapes.
 *
 * <p>Arrays are kept by reference and never modified. Masks must consist of zeros and ones; entries of a mask array may
 * be null. The arrays may be attached to a workspace only if that workspace is still open when the batch is used.
 *
 * @param inputs features, example index first; at least one
 * @param labels labels, or null for passes that draw them or inject errors
 * @param inputMasks feature masks, or null
 * @param labelMasks label masks, or null
 */
@SuppressWarnings("ArrayRecordComponent") // identity semantics are intended; the record is never compared
public record CurvatureBatch(
        INDArray[] inputs,
        INDArray @Nullable [] labels,
        INDArray @Nullable [] inputMasks,
        INDArray @Nullable [] labelMasks) {

    /**
     * Checks that there is at least one input.
     *
     * @throws IllegalArgumentException if there is no input or an input is null or empty
     */
    public CurvatureBatch {
        if (inputs.length == 0) {
            throw new IllegalArgumentException("inputs is empty; pass one array for each input of the network");
        }
        for (int i = 0; i < inputs.length; i++) {
            if (inputs[i] == null || inputs[i].isEmpty()) {
                throw new IllegalArgumentException("inputs[%d] is %s; pass features of at least one example"
                        .formatted(i, inputs[i] == null ? "null" : "empty"));
            }
        }
    }

    /**
     * The batch of a data set, with its labels and masks.
     *
     * @param data features, and possibly labels and masks, of a network with one input and one output
     * @return the batch, sharing the arrays
     */
    public static CurvatureBatch of(DataSet data) {
        return new CurvatureBatch(
                new INDArray[] {data.getFeatures()},
                single(data.getLabels()),
                single(data.getFeaturesMaskArray()),
                single(data.getLabelsMaskArray()));
    }

    /**
     * The batch of a data set for several inputs and outputs, with its labels and masks.
     *
     * @param data features, and possibly labels and masks
     * @return the batch, sharing the arrays
     */
    public static CurvatureBatch of(MultiDataSet data) {
        return new CurvatureBatch(
                data.getFeatures(), data.getLabels(), data.getFeaturesMaskArrays(), data.getLabelsMaskArrays());
    }

    /**
     * A batch without labels and masks.
     *
     * @param inputs features, one array for each input of the network
     * @return the batch, sharing the arrays
     */
    public static CurvatureBatch ofInputs(INDArray... inputs) {
        return new CurvatureBatch(inputs, null, null, null);
    }

    /**
     * The batch that a network is being trained on.
     *
     * @param model a MultiLayerNetwork or ComputationGraph whose listener is called at the end of its backward pass
     * @return references to inputs, labels and masks, valid during that call
     */
    public static CurvatureBatch ofTraining(Model model) {
        return HostNetwork.of(model).batch();
    }

    /**
     * Number of examples N.
     *
     * @return the first dimension of the first input
     */
    public long examples() {
        return inputs[0].size(0);
    }

    /**
     * The batch with features and labels of another floating-point type, as the host casts them in training.
     *
     * @param type FLOAT or DOUBLE
     * @return a batch that shares the arrays that have this type already, and the masks
     */
    public CurvatureBatch castTo(DataType type) {
        return new CurvatureBatch(
                cast(inputs, type), labels == null ? null : cast(labels, type), inputMasks, labelMasks);
    }

    private static INDArray[] cast(INDArray[] arrays, DataType type) {
        INDArray[] result = arrays.clone();
        for (int i = 0; i < result.length; i++) {
            if (result[i] != null && result[i].dataType().isFPType()) {
                result[i] = result[i].castTo(type);
            }
        }
        return result;
    }

    /** The only mask of shape [N, T] among those of the inputs. */
    @Nullable
    INDArray sequenceMask() {
        INDArray found = null;
        for (int i = 0; inputMasks != null && i < inputMasks.length; i++) {
            if (inputMasks[i] != null && inputMasks[i].rank() == 2 && inputs[i].rank() == 3) {
                if (found != null) {
                    return null;
                }
                found = inputMasks[i];
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return "CurvatureBatch[inputs %s]"
                .formatted(Arrays.toString(
                        Arrays.stream(inputs).map(INDArray::shapeInfoToString).toArray()));
    }

    private static INDArray @Nullable [] single(@Nullable INDArray array) {
        return array == null ? null : new INDArray[] {array};
    }
}
