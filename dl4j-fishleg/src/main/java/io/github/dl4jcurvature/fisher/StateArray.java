/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Map;

import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Checks of the one array that the host keeps as the state of an updater of a layer.
 *
 * @param updater name for messages
 * @param key under which the host keeps the array
 */
public record StateArray(String updater, String key) {

    /**
     * The array of a map of states.
     *
     * @param states what the host hands over
     * @return the only array
     * @throws IllegalStateException if there is another key, or another one beside it
     */
    public INDArray only(Map<String, INDArray> states) {
        INDArray array = states.get(key);
        if (array == null || states.size() != 1) {
            throw new IllegalStateException(
                    "state of %s must have exactly the key [%s] but has %s; was it saved by another updater?"
                            .formatted(updater, key, states.keySet()));
        }
        return array;
    }

    /**
     * The plan of a layer, which must be there before its state is.
     *
     * @param plan of the layer
     * @param view what the host hands over
     * @param <P> kind of plan
     * @return the plan
     * @throws IllegalStateException if there is none, which no array fits
     */
    public <P> P planned(@Nullable P plan, INDArray view) {
        if (plan == null) {
            throw misfit(view, 0, null);
        }
        return plan;
    }

    /**
     * An array that fits the plan of its layer.
     *
     * @param view what the host hands over
     * @param required number of elements
     * @param plan of the layer, named in messages
     * @return the same memory, shape [required]
     * @throws IllegalStateException if the number of elements differs
     * @throws DL4JInvalidConfigException if the type is neither FLOAT nor DOUBLE
     */
    public INDArray checked(INDArray view, long required, Object plan) {
        if (view.length() != required) {
            throw misfit(view, required, plan);
        }
        if (view.dataType() != DataType.FLOAT && view.dataType() != DataType.DOUBLE) {
            throw new DL4JInvalidConfigException(
                    "%s needs a network of type FLOAT or DOUBLE but it is %s; set dataType(DataType.FLOAT)"
                            .formatted(updater, view.dataType()));
        }
        return view.reshape(view.length());
    }

    private IllegalStateException misfit(INDArray view, long required, @Nullable Object plan) {
        return new IllegalStateException(
                "state of %s has %d elements but %d are needed for %s; was it saved by another updater or for other layer sizes?"
                        .formatted(updater, view.length(), required, plan));
    }
}
